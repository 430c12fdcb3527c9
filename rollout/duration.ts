import type { Milliseconds } from './document/types.ts'

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** What a document may write, for messages. */
export const durationForm = 'a whole number and a unit: `300ms`, `30s`, `10m`, `24h` or `7d`'

/** `15m` → 900 000; null for anything that is not one whole number and one unit, or longer than 365 days. */
export function parseDuration(text: string): Milliseconds | null {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text)
  if (!match) return null
  const milliseconds = Number(match[1]) * units[match[2] as keyof typeof units]
  return milliseconds <= 365 * units.d ? milliseconds : null
}

/** The shortest form that `parseDuration` reads back: 900 000 → `15m`. */
export function writeDuration(milliseconds: Milliseconds): string {
  const whole = Math.max(0, Math.round(milliseconds))
  if (whole === 0) return '0s'
  const unit = (['d', 'h', 'm', 's'] as const).find((name) => whole % units[name] === 0) ?? 'ms'
  return `${whole / units[unit]}${unit}`
}

/** For people, to two units: `15 min`, `1 h 30 min`, `2 d`, `300 ms`. */
export function formatDuration(milliseconds: Milliseconds): string {
  const whole = Math.max(0, Math.round(milliseconds))
  if (whole < units.s) return `${whole} ms`
  const parts: string[] = []
  let rest = whole
  for (const [unit, name] of [
    ['d', 'd'],
    ['h', 'h'],
    ['m', 'min'],
    ['s', 's'],
  ] as const) {
    const count = Math.floor(rest / units[unit])
    rest -= count * units[unit]
    if (count > 0) parts.push(`${count} ${name}`)
    else if (parts.length > 0) break
    if (parts.length === 2) break
  }
  return parts.join(' ')
}
