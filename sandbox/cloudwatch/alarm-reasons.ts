import type { AlarmStateValue, Comparison, Datapoint, Evaluation, TreatMissingData } from './evaluate.ts'

const two = (value: number) => String(value).padStart(2, '0')
const shortTime = (at: number) => {
  const time = new Date(at)
  const day = [time.getUTCDate(), time.getUTCMonth() + 1, time.getUTCFullYear() % 100].map(two).join('/')
  return `${day} ${[time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()].map(two).join(':')}`
}
/** CloudWatch writes numbers as Java does: always with a decimal point. */
const decimal = (value: number) => (Number.isInteger(value) ? value.toFixed(1) : String(value))
const isoTime = (at: number) => new Date(at).toISOString().replace('Z', '+0000')

const WORDS: Readonly<Record<Comparison, string>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
}

interface Reasoned {
  readonly comparison: Comparison
  readonly threshold: number
  readonly evaluationPeriods: number
  readonly datapointsToAlarm: number
  readonly treatMissingData: TreatMissingData
}

/** The `StateReason` that CloudWatch writes when a metric alarm changes its state. */
export const reasonFor = (
  from: AlarmStateValue,
  to: AlarmStateValue,
  found: Evaluation,
  rule: Reasoned,
): string => {
  if (to === 'INSUFFICIENT_DATA') {
    const count = rule.evaluationPeriods
    return `Insufficient Data: ${count} datapoint${count === 1 ? ' was' : 's were'} unknown.`
  }
  if (found.used.length === 0) {
    const treated = rule.treatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching'
    return `Threshold Crossed: no datapoints were received for ${rule.evaluationPeriods} period${rule.evaluationPeriods === 1 ? '' : 's'} and ${found.missing} missing datapoint${found.missing === 1 ? ' was' : 's were'} treated as [${treated}].`
  }
  const count = to === 'ALARM' ? found.breaching : found.used.length - found.breaching
  const newestFirst = [...found.used].reverse()
  const values = newestFirst.map((point) => `${decimal(point.value!)} (${shortTime(point.at)})`).join(', ')
  const were = count === 1 ? 'was' : 'were'
  const minimum =
    to === 'ALARM' ? rule.datapointsToAlarm : Math.max(1, rule.evaluationPeriods - rule.datapointsToAlarm + 1)
  const verdict = `${were} ${to === 'ALARM' ? '' : 'not '}${WORDS[rule.comparison]} the threshold (${decimal(rule.threshold)})`
  return `Threshold Crossed: ${count} out of the last ${found.used.length} datapoints [${values}] ${verdict} (minimum ${minimum} datapoint${minimum === 1 ? '' : 's'} for ${from} -> ${to} transition).`
}

interface Measured extends Reasoned {
  readonly statistic?: string
  readonly unit?: string
  readonly periodSeconds: number
}

/** The `StateReasonData` that CloudWatch writes beside it: JSON as text. */
export const reasonDataFor = (now: number, found: Evaluation, rule: Measured): string => {
  const evaluated = [...found.used].reverse().map(({ at, value, sampleCount }: Datapoint) => ({
    timestamp: isoTime(at),
    ...(sampleCount === undefined ? {} : { sampleCount }),
    value,
  }))
  return JSON.stringify({
    version: '1.0',
    queryDate: isoTime(now),
    ...(found.used[0] ? { startDate: isoTime(found.used[0].at) } : {}),
    ...(rule.unit ? { unit: rule.unit } : {}),
    ...(rule.statistic ? { statistic: rule.statistic } : {}),
    period: rule.periodSeconds,
    recentDatapoints: found.used.map((point) => point.value),
    threshold: rule.threshold,
    evaluatedDatapoints: evaluated,
  })
}

/** A composite alarm's reason: which child made it change, and when. */
export const compositeReason = (
  to: AlarmStateValue,
  child: { readonly arn: string; readonly at: number } | undefined,
) => {
  if (!child) return `Alarm rule evaluated to ${to === 'ALARM' ? 'TRUE' : 'FALSE'}`
  const time = new Date(child.at)
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options }).format(time)
  const day = `${format({ weekday: 'long' })} ${format({ day: '2-digit', month: 'long' })}, ${time.getUTCFullYear()}`
  return `${child.arn} transitioned to ${to} at ${day} ${time.toISOString().slice(11, 19)} UTC`
}

/** A composite alarm's `StateReasonData`. */
export const compositeReasonData = (
  triggers: readonly { readonly arn: string; readonly value: AlarmStateValue; readonly at: number }[],
): string =>
  JSON.stringify({
    triggeringAlarms: triggers.map(({ arn, value, at }) => ({
      arn,
      state: { value, timestamp: isoTime(at) },
    })),
  })
