/**
 * Loaded before anything else, and so plain JavaScript: makes a process believe in a clock that somebody keeps setting,
 * hours ahead and back, anew every second and a half. Timers and `performance.now()` go on as they are, as with a real
 * clock that is set.
 */
const hour = 3_600_000
const offsets = [0, 3 * hour, -5 * hour, 26 * hour, -26 * hour]
const every = 1_500

const RealDate = Date
let turn = 0
setInterval(() => (turn += 1), every).unref()
const stepped = () => RealDate.now() + offsets[turn % offsets.length]

globalThis.Date = class SteppedDate extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [stepped()] : given))
  }

  static now() {
    return stepped()
  }
}
