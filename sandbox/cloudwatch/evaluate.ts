export type AlarmStateValue = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'
export type TreatMissingData = 'breaching' | 'notBreaching' | 'ignore' | 'missing'
export type Comparison =
  | 'GreaterThanOrEqualToThreshold'
  | 'GreaterThanThreshold'
  | 'LessThanThreshold'
  | 'LessThanOrEqualToThreshold'

/** One period as an alarm sees it; `value` is undefined when no data came (yet). */
export interface Datapoint {
  /** Start of the period, real ms. */
  readonly at: number
  readonly value: number | undefined
  readonly sampleCount?: number
}

/** The rule of a metric alarm. */
export interface AlarmRule {
  readonly comparison: Comparison
  readonly threshold: number
  readonly evaluationPeriods: number
  readonly datapointsToAlarm: number
  readonly treatMissingData: TreatMissingData
}

/** What an evaluation says; `used` are the datapoints it counted, `missing` how many it had to fill in. */
export interface Evaluation {
  readonly state: AlarmStateValue | 'retain'
  readonly used: readonly Datapoint[]
  readonly breaching: number
  readonly missing: number
}

/** CloudWatch looks at a few periods more than it evaluates, so that late data does not count as missing. */
export const EXTRA_PERIODS = 2

const breaches = (value: number, { comparison, threshold }: AlarmRule): boolean => {
  switch (comparison) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold
    case 'GreaterThanThreshold':
      return value > threshold
    case 'LessThanThreshold':
      return value < threshold
    case 'LessThanOrEqualToThreshold':
      return value <= threshold
  }
}

/**
 * Evaluates "M out of N datapoints" over the evaluation range (oldest first, `evaluationPeriods + EXTRA_PERIODS` long),
 * with the table for missing data of the CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data".
 */
export const evaluate = (range: readonly Datapoint[], rule: AlarmRule): Evaluation => {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData } = rule
  const isBreaching = (point: Datapoint) => point.value !== undefined && breaches(point.value, rule)
  const used = range.filter((point) => point.value !== undefined).slice(-evaluationPeriods)
  const breaching = used.filter(isBreaching).length
  const missing = evaluationPeriods - used.length
  const answer = (state: Evaluation['state']): Evaluation => ({ state, used, breaching, missing })
  if (breaching >= datapointsToAlarm) return answer('ALARM')
  if (missing === 0) return answer('OK')
  if (treatMissingData === 'breaching')
    return answer(breaching + missing >= datapointsToAlarm ? 'ALARM' : 'OK')
  if (treatMissingData === 'notBreaching') return answer('OK')
  if (used.some((point) => !isBreaching(point))) return answer('OK')
  if (treatMissingData === 'ignore') return answer('retain')
  if (used.length === 0) return answer('INSUFFICIENT_DATA')
  const oldest = range.length - range.indexOf(used[0]!)
  return answer(oldest >= datapointsToAlarm ? 'ALARM' : 'retain')
}
