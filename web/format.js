/** Texts for people. Pure: the same input and time always make the same text. */

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/**
 * How long something lasts: `8 s`, `12 min`, `3 h 5 min`, `2 d 4 h`.
 * @param {number} milliseconds
 */
export function duration(milliseconds) {
  const left = Math.max(0, milliseconds)
  if (left < MINUTE) return `${Math.floor(left / 1000)} s`
  if (left < 10 * MINUTE) return join(left, MINUTE, 'min', 1000, 's')
  if (left < HOUR) return `${Math.floor(left / MINUTE)} min`
  if (left < DAY) return join(left, HOUR, 'h', MINUTE, 'min')
  return join(left, DAY, 'd', HOUR, 'h')
}

/**
 * @param {number} left
 * @param {number} big
 * @param {string} bigUnit
 * @param {number} small
 * @param {string} smallUnit
 */
function join(left, big, bigUnit, small, smallUnit) {
  const rest = Math.floor((left % big) / small)
  const head = `${Math.floor(left / big)} ${bigUnit}`
  return rest === 0 ? head : `${head} ${rest} ${smallUnit}`
}

/**
 * The same in one unit, for columns: `8 s`, `12 min`, `3 h`, `2 d`.
 * @param {number} milliseconds
 */
export function age(milliseconds) {
  const left = Math.max(0, milliseconds)
  if (left < MINUTE) return `${Math.floor(left / 1000)} s`
  if (left < HOUR) return `${Math.floor(left / MINUTE)} min`
  if (left < DAY) return `${Math.floor(left / HOUR)} h`
  return `${Math.floor(left / DAY)} d`
}

/**
 * A moment in the reader's own time: `14:03:22` today, `21 Nov 14:03` on another day.
 * @param {string} iso
 * @param {number} now milliseconds since the epoch
 */
export function moment(iso, now) {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  const two = (/** @type {number} */ value) => String(value).padStart(2, '0')
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`
  if (at.toDateString() === new Date(now).toDateString()) return `${clock}:${two(at.getSeconds())}`
  const month = at.toLocaleString('en', { month: 'short' })
  const year = at.getFullYear() === new Date(now).getFullYear() ? '' : ` ${at.getFullYear()}`
  return `${at.getDate()} ${month}${year} ${clock}`
}

/**
 * `arn:…:model-package/fraud-scorer/38` → `fraud-scorer v38`; anything else stays as it is.
 * @param {string} arn
 */
export function packageName(arn) {
  const found = /:model-package\/([^/]+)\/(\d+)$/.exec(arn)
  return found ? `${found[1]} v${found[2]}` : arn
}

/**
 * A measured value with its unit: `412 ms`, `3.1 %`, `yes`.
 * @param {number} value
 * @param {string} unit of a measurement
 */
export function quantity(value, unit) {
  switch (unit) {
    case 'bool':
      return value ? 'yes' : 'no'
    case 'rate':
      return `${short(value * 100)} %`
    case 'ms':
      return `${short(value)} ms`
    case 'microseconds':
      return `${short(value / 1000)} ms`
    default:
      return short(value)
  }
}

/** @param {number} value */
function short(value) {
  const size = Math.abs(value)
  const digits = size >= 100 ? 0 : size >= 1 ? 1 : 4
  return String(Number(value.toFixed(digits)))
}

/**
 * `1 step`, `3 steps`
 * @param {number} number
 * @param {string} noun
 */
export function count(number, noun) {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
