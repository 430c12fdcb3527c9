/** One line, cut to a width, with an ellipsis where something is missing. */
export function clip(text: string, width: number): string {
  const line = text.replaceAll(/\s*[\r\n]+\s*/g, ' ')
  const letters = Array.from(line)
  return letters.length <= width ? line : `${letters.slice(0, Math.max(0, width - 1)).join('')}…`
}

/** Left and right of one line of that width; the left side gives way. Where the width is infinite nothing does. */
export function justify(left: string, right: string, width: number): string {
  if (right === '') return clip(left, width)
  if (!Number.isFinite(width)) return `${clip(left, width)}  ${right}`
  const room = width - Array.from(right).length - 1
  if (room < 10) return clip(left, width)
  const cut = clip(left, room)
  return cut + ' '.repeat(width - Array.from(cut).length - Array.from(right).length) + right
}

/** `12s`, `4m`, `1h05m`, `3d02h`: never more than six letters. */
export function age(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${two(seconds % 60)}s`
  if (minutes < 60) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours}h${two(minutes % 60)}m`
  return `${Math.floor(hours / 24)}d${two(hours % 24)}h`
}

/** `1.4 GB`, in powers of ten as AWS bills. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3))
  const value = count / 1000 ** power
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
