import type { LiveRollout, WatchedTarget } from '../../api/answers.ts'
import type { AlarmSeen } from '../../rollout/view.ts'
import type { Colors } from '../terminal.ts'
import { age, clip } from './text.ts'

const words: Readonly<Record<AlarmSeen['state'], string>> = {
  ALARM: 'in ALARM',
  NotFound: 'deleted',
  INSUFFICIENT_DATA: 'without data',
  OK: 'OK',
}

function watchOf({ alarms }: LiveRollout, target: string): WatchedTarget | undefined {
  return alarms.find((one) => one.target === target)
}

/** `, alarms: 2 OK, 1 without data`: those that have no line of their own. */
export function countAlarms(rollout: LiveRollout, target: string): string {
  const seen = watchOf(rollout, target)?.alarms ?? []
  const counts = (['OK', 'INSUFFICIENT_DATA'] as const).flatMap((state) => {
    const number = seen.filter((alarm) => alarm.state === state).length
    return number > 0 ? [`${number} ${words[state]}`] : []
  })
  return counts.length > 0 ? `, alarms: ${counts.join(', ')}` : ''
}

/** A line for every alarm that is red or gone, and one for a watch that cannot read any. */
export function drawAlarms(
  rollout: LiveRollout,
  target: string,
  { now, width, colors }: { readonly now: number; readonly width: number; readonly colors: Colors },
): readonly string[] {
  const watch = watchOf(rollout, target)
  const notable = watch?.alarms.filter(({ state }) => state === 'ALARM' || state === 'NotFound') ?? []
  const lines = notable.map((alarm) => {
    const since = alarm.since === undefined ? '' : `, ${age(now - Date.parse(alarm.since))}`
    const text = `     ✗ ${alarm.name} ${words[alarm.state]}${numbers(alarm)}${since}${whose(alarm)}`
    return colors.red(clip(text, width))
  })
  if (!watch?.blind) return lines
  const { since, error } = watch.blind
  const blind = `     the alarms cannot be read for ${age(now - Date.parse(since))}: ${error}`
  return [...lines, colors.yellow(clip(blind, width))]
}

function numbers({ value, threshold, comparison = '>', unit }: AlarmSeen): string {
  if (value === undefined || threshold === undefined) return ''
  const show = (number: number): string =>
    unit === 'microseconds' ? `${round(number / 1_000)} ms` : round(number)
  return `: ${show(value)} ${comparison} ${show(threshold)}`
}

const round = (value: number): string => String(Math.round(value * 10_000) / 10_000)

function whose({ owner, copyOf }: AlarmSeen): string {
  if (owner === 'team') return ''
  return copyOf === undefined ? ' (of this rollout)' : ` (copy of ${copyOf})`
}
