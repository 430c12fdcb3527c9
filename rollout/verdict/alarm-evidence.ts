import type { Datapoint, Verdict } from '../view.ts'

/** What DescribeAlarms says about one alarm, as far as a verdict needs it. */
export interface AlarmReading {
  readonly name: string
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'
  /** StateReason, in CloudWatch's words. */
  readonly reason?: string
  /** StateReasonData: JSON in a string, and not a documented shape. */
  readonly reasonData?: string
  readonly metric?: string
  /** ComparisonOperator. */
  readonly comparison?: string
  readonly threshold?: number
  /** StateTransitionedTimestamp, ISO. */
  readonly since?: string
  /** Out of the alarm's history: it was so at `since`, and is not any more. */
  readonly past?: boolean
}

interface Evidence {
  readonly text: string
  readonly cause: Extract<Verdict['cause'], { kind: 'alarm' }>
}

const symbols: Readonly<Record<string, string>> = {
  GreaterThanThreshold: '>',
  GreaterThanOrEqualToThreshold: '≥',
  LessThanThreshold: '<',
  LessThanOrEqualToThreshold: '≤',
}

const breaches: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
}

const microseconds = new Set(['ModelLatency', 'OverheadLatency', 'ModelSetupTime'])

const round = (value: number): string => String(Math.round(value * 10_000) / 10_000)

/** CloudWatch measures latencies in microseconds; people read milliseconds. */
function quantity(value: number, metric: string | undefined): string {
  return metric && microseconds.has(metric) ? `${round(value / 1000)} ms` : round(value)
}

function parseReasonData(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const data: unknown = JSON.parse(text ?? '{}')
    return typeof data === 'object' && data !== null && !Array.isArray(data)
      ? (data as Record<string, unknown>)
      : {}
  } catch {
    return {}
  }
}

/** More than CloudWatch puts into 4,000 characters. */
const mostDatapoints = 60

/** `evaluatedDatapoints` are the newest first, and may say that a period had no value. */
function readDatapoints(data: Readonly<Record<string, unknown>>): readonly Datapoint[] {
  const evaluated = Array.isArray(data.evaluatedDatapoints) ? data.evaluatedDatapoints : []
  return evaluated
    .flatMap((point: { timestamp?: unknown; value?: unknown } | null) => {
      const at = typeof point?.timestamp === 'string' ? isoTime(point.timestamp) : undefined
      return at !== undefined && typeof point?.value === 'number' ? [{ at, value: point.value }] : []
    })
    .toSorted((a, b) => a.at.localeCompare(b.at))
    .slice(-mostDatapoints)
}

/** CloudWatch writes `+0000`; undefined for what is no time. */
function isoTime(text: string): string | undefined {
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : new Date(at).toISOString()
}

/** `fraud-5xx` from the ARN of an alarm. */
function nameInArn(arn: unknown): string | null {
  return typeof arn === 'string' ? (arn.split(':alarm:')[1] ?? null) : null
}

function triggeringChildren(data: Readonly<Record<string, unknown>>): readonly string[] {
  if (!Array.isArray(data.triggeringAlarms)) return []
  return data.triggeringAlarms.flatMap((child: unknown) => {
    const name = nameInArn((child as { arn?: unknown } | null)?.arn)
    return name ? [name] : []
  })
}

/** Value, threshold and datapoints behind the state of an alarm; says less where CloudWatch said less, never guesses. */
export function describeAlarm(reading: AlarmReading): Evidence {
  const data = parseReasonData(reading.reasonData)
  const points = Array.isArray(data.recentDatapoints)
    ? data.recentDatapoints.filter((point): point is number => typeof point === 'number')
    : []
  const threshold = typeof data.threshold === 'number' ? data.threshold : reading.threshold
  const comparison = reading.comparison ?? 'GreaterThanThreshold'
  const datapoints = readDatapoints(data)
  const cause: Evidence['cause'] = {
    kind: 'alarm',
    alarm: reading.name,
    ...(reading.metric ? { metric: reading.metric } : {}),
    ...(reading.since ? { since: reading.since } : {}),
    ...(threshold === undefined ? {} : { threshold }),
    ...(reading.comparison && symbols[reading.comparison] ? { comparison: symbols[reading.comparison] } : {}),
    ...(reading.metric && microseconds.has(reading.metric) ? { unit: 'microseconds' } : {}),
    ...(datapoints.length > 0 ? { datapoints } : {}),
  }
  const head = reading.past
    ? `alarm ${reading.name} was in ${reading.state} at ${reading.since}`
    : `alarm ${reading.name} is in ${reading.state}`
  const children = triggeringChildren(data)
  if (children.length > 0) return { text: `${head}: because of ${children.join(', ')}`, cause }
  const last = points.at(-1)
  if (last === undefined || threshold === undefined) {
    return { text: reading.reason ? `${head}: ${reading.reason}` : head, cause }
  }
  const breached = points.filter((point) => breaches[comparison]?.(point, threshold) ?? false)
  const shown = (reading.state === 'ALARM' ? breached.at(-1) : undefined) ?? last
  const numbers = `${quantity(shown, reading.metric)} ${symbols[comparison] ?? 'against'} ${quantity(threshold, reading.metric)}`
  const what = reading.metric ? `${reading.metric} ${numbers}` : numbers
  return {
    text: `${head}: ${what} (${breached.length} of ${points.length} datapoints)`,
    cause: { ...cause, value: shown },
  }
}
