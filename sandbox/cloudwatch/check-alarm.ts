import { checkPeriod, checkQueries, checkStatistic, invalid, type MetricDataQuery } from './queries.ts'

const COMPARISONS = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
]
const UNSUPPORTED = [
  'ThresholdMetricId',
  'EvaluationWindow',
  'WarmUpConfiguration',
  'EvaluationCriteria',
  'EvaluationInterval',
]
const DAY = 86_400

/** Refuses a metric alarm that CloudWatch refuses, or that the sandbox cannot evaluate. Throws ValidationError. */
export const checkMetricAlarm = (input: Record<string, any>): void => {
  const unsupported = UNSUPPORTED.find((member) => input[member] !== undefined)
  if (unsupported) throw invalid(`The sandbox does not support ${unsupported} in PutMetricAlarm.`)
  if (!COMPARISONS.includes(input.ComparisonOperator))
    throw invalid('The sandbox has no anomaly detection: use a comparison with a threshold.')
  if (input.Threshold === undefined) throw invalid('Threshold is required.')
  if (input.EvaluationPeriods === undefined) throw invalid('EvaluationPeriods is required.')
  if (input.DatapointsToAlarm > input.EvaluationPeriods)
    throw invalid(
      'The value for DatapointsToAlarm must be less than or equal to the value for EvaluationPeriods.',
    )
  if (
    input.TreatMissingData &&
    !['breaching', 'notBreaching', 'ignore', 'missing'].includes(input.TreatMissingData)
  ) {
    throw invalid(
      `The value ${input.TreatMissingData} is not supported for TreatMissingData parameter. Supported values are [breaching, notBreaching, ignore, missing].`,
    )
  }
  if ((input.MetricName === undefined) === (input.Metrics === undefined))
    throw invalid('Exactly one of MetricName and Metrics must be specified.')
  if (input.Metrics) return checkMath(input.Metrics)
  if (input.Namespace === undefined || input.Period === undefined)
    throw invalid('Namespace and Period are required with MetricName.')
  if ((input.Statistic === undefined) === (input.ExtendedStatistic === undefined))
    throw invalid(
      'Exactly one element of the following list must be specified: [Statistic, ExtendedStatistic].',
    )
  checkStatistic(input.Statistic ?? input.ExtendedStatistic)
  checkPeriod(input.Period)
  const most = input.Period >= 3600 ? 7 * DAY : DAY
  if (input.Period * input.EvaluationPeriods > most)
    throw invalid(
      `Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= ${most}).`,
    )
}

const checkMath = (queries: readonly MetricDataQuery[]): void => {
  if (queries.length > 20) throw invalid('The collection Metrics must not have a size greater than 20.')
  checkQueries(queries)
  if (queries.filter((query) => query.ReturnData !== false).length !== 1) {
    throw invalid('Exactly one element of the metrics list should return data.')
  }
}
