import { parseDuration } from '../duration.ts'
import { isWatchMetric, watchMetrics } from '../watch-metrics.ts'
import type { Check, LooseDocument } from './check.ts'
import { present } from './check.ts'
import { nearest } from './nearest.ts'
import type { Path } from './problem.ts'

type Report = Parameters<Check>[1]
type Alarm = NonNullable<
  NonNullable<NonNullable<NonNullable<LooseDocument['production']>['watch']>['alarms']>[number]
>
type MetricAlarm = Extract<Exclude<Alarm, string>, { readonly metric?: unknown }>

const dayInSeconds = 86_400

function checkMetric(alarm: MetricAlarm, path: Path, report: Report): void {
  const { metric, stat = '', above } = alarm
  if (metric === undefined) return
  if (!isWatchMetric(metric)) {
    const known = Object.keys(watchMetrics)
    const meant = nearest(metric, known)
    report([...path, 'metric'], `${meant ? `\`${meant}\`, or another ` : ''}of ${known.join(', ')}`)
    return
  }
  const { measures } = watchMetrics[metric]
  if (measures === 'latency') {
    if (typeof above === 'number')
      report([...path, 'above'], 'a duration such as `300ms`: CloudWatch counts latencies in microseconds')
    if (stat === 'Sum')
      report([...path, 'stat'], '`Average`, `Maximum` or a percentile: a sum of latencies says nothing')
  } else {
    if (typeof above === 'string') report([...path, 'above'], 'a number: only latencies are durations')
    if (stat.startsWith('p'))
      report(
        [...path, 'stat'],
        '`Average`, `Sum`, `Minimum` or `Maximum`: only latencies have percentiles here',
      )
    if (measures === 'errors' && stat === 'Average' && typeof above === 'number' && above >= 1)
      report(
        [...path, 'above'],
        'less than 1: the Average of an error metric is a rate, and 1 is every request',
      )
    if (measures === 'percent' && stat === 'Sum')
      report([...path, 'stat'], '`Average`, `Minimum` or `Maximum`')
  }
  if (stat.startsWith('p') && (Number(stat.slice(1)) <= 0 || Number(stat.slice(1)) >= 100))
    report([...path, 'stat'], 'a percentile between p0.01 and p99.99')
}

function checkPeriods(alarm: MetricAlarm, path: Path, report: Report): void {
  const period = parseDuration(alarm.period ?? '1m') ?? 60_000
  if (period % 60_000 !== 0) report([...path, 'period'], 'whole minutes')
  const [count = 1, of = 1] = (alarm.breaches ?? '2 of 3').split(' of ').map(Number)
  if (count < 1 || count > of)
    report([...path, 'breaches'], '`3 of 5`: at least 1, and no more than there are periods')
  // PutMetricAlarm: period × evaluation periods is at most one day.
  if ((of * period) / 1000 > dayInSeconds)
    report(
      [...path, 'breaches'],
      'at most one day in all periods together',
      `${of} periods of ${alarm.period ?? '1m'}`,
    )
}

/** Alarms that CloudWatch would take and that mean what they seem to mean; exceptions only for alarms that are watched. */
export const checkWatch: Check = (document, report) => {
  const watch = document.production?.watch
  const names = new Set<string>()
  const seen = new Set<string>()
  for (const [alarm, index] of present(watch?.alarms)) {
    const path: Path = ['production', 'watch', 'alarms', index]
    const written = JSON.stringify(alarm)
    if (seen.has(written)) report(path, 'every alarm once', 'the same alarm again')
    seen.add(written)
    if (typeof alarm === 'string') names.add(alarm)
    else if ('like' in alarm && alarm.like !== undefined) names.add(alarm.like)
    else if ('metric' in alarm) {
      checkMetric(alarm, path, report)
      checkPeriods(alarm, path, report)
    }
  }
  if (watch && (watch.alarms ?? []).length === 0 && watch.minInvocations === 0)
    report(
      ['production', 'watch'],
      'at least one alarm, or a minInvocations above 0: else every bake passes',
      'neither',
    )
  for (const [name, index] of present(document.emergency?.ignoreAlarms)) {
    if (!names.has(name))
      report(
        ['emergency', 'ignoreAlarms', index],
        `an alarm of \`production.watch\`: ${[...names].join(', ') || 'there is none'}`,
      )
  }
  for (const [skipped, index] of present(document.emergency?.skip)) {
    if ((skipped === 'staging' || skipped === 'approval') && document[skipped] === undefined)
      report(
        ['emergency', 'skip', index],
        'something that the document has',
        `\`${skipped}\`, which the document does not have`,
      )
  }
}
