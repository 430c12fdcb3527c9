import { AwsError, type Operation } from '../core/types.ts'
import { metricOf } from './queries.ts'
import { record } from './reading.ts'
import { cloudWatchState } from './state.ts'

const wrong = (message: string) => new AwsError('InvalidParameterValueException', message)

interface Datum {
  readonly MetricName: string
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[]
  readonly Timestamp?: number
  readonly Value?: number
  readonly Values?: readonly number[]
  readonly Counts?: readonly number[]
  readonly StatisticValues?: Readonly<Record<'SampleCount' | 'Sum' | 'Minimum' | 'Maximum', number>>
}

const valuesOf = (datum: Datum): readonly (readonly [number, number])[] => {
  const { Value, Values, Counts, StatisticValues } = datum
  if (Values) return Values.map((value, index) => [value, Counts?.[index] ?? 1])
  if (Value !== undefined) return [[Value, 1]]
  if (!StatisticValues)
    throw wrong(
      `At least one of the parameters Value, Values and StatisticValues must be specified for ${datum.MetricName}.`,
    )
  const { SampleCount, Sum, Minimum, Maximum } = StatisticValues
  if (SampleCount < 1 || Minimum > Maximum)
    throw wrong(`The StatisticValues of ${datum.MetricName} contradict each other.`)
  if (SampleCount < 3)
    return SampleCount === 1
      ? [[Sum, 1]]
      : [
          [Minimum, 1],
          [Maximum, 1],
        ]
  return [
    [Minimum, 1],
    [Maximum, 1],
    [(Sum - Minimum - Maximum) / (SampleCount - 2), SampleCount - 2],
  ]
}

/** `PutMetricData`: a team's own metrics; values of one call land together or not at all. */
export const putMetricData: Operation = ({ world, accountId, region }, input) => {
  if (/^AWS\//.test(input.Namespace)) throw wrong('The value AWS/ for parameter Namespace is invalid.')
  const data = (input.MetricData ?? []) as readonly Datum[]
  if (data.length > 1000) throw wrong('The collection MetricData must not have a size greater than 1000.')
  const state = cloudWatchState(world, accountId, region)
  const read = data.map((datum) => ({ datum, values: valuesOf(datum) }))
  for (const { datum, values } of read) {
    const metric = metricOf({ ...datum, Namespace: input.Namespace })
    const at = datum.Timestamp === undefined ? world.clock.now() : datum.Timestamp * 1000
    for (const [value, times] of values) record(world, state, metric, value, { at, times })
  }
  return {}
}
