/** Draws that are the same for the same seed. */
export interface Lottery {
  /** In [0, 1). */
  next(): number
  /** How many of `trials` succeed with chance `probability` each. */
  binomial(trials: number, probability: number): number
  /** How many events happen when `mean` are expected. */
  poisson(mean: number): number
}

/** One 32-bit number out of several, so that every slot of every variant has draws of its own. */
export const mixSeeds = (...parts: readonly number[]): number =>
  parts.reduce((mixed, part) => {
    let next = Math.imul(mixed ^ (part | 0), 0x9e3779b1)
    next ^= next >>> 15
    next = Math.imul(next, 0x85ebca6b)
    return (next ^ (next >>> 13)) >>> 0
  }, 0x2545f491)

/** A 32-bit number for a text. */
export const seedOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}

const FEW = 40

/** A normal approximation is used above 40 expected events, so that thousands of requests cost one draw. */
export const createLottery = (seed: number): Lottery => {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const around = (mean: number, variance: number) =>
    Math.round(mean + Math.sqrt(variance) * normalQuantile(Math.max(1e-9, next())))
  return {
    next,
    binomial(trials, probability) {
      if (trials <= 0 || probability <= 0) return 0
      if (probability >= 1) return trials
      const mean = trials * probability
      if (mean > FEW && trials - mean > FEW)
        return Math.min(trials, Math.max(0, around(mean, mean * (1 - probability))))
      let successes = 0
      for (let trial = 0; trial < trials; trial++) if (next() < probability) successes++
      return successes
    },
    poisson(mean) {
      if (mean <= 0) return 0
      if (mean > FEW) return Math.max(0, around(mean, mean))
      const limit = Math.exp(-mean)
      let [events, product] = [0, next()]
      while (product > limit) {
        events++
        product *= next()
      }
      return events
    },
  }
}

/** The value below which a standard normal variable falls with this chance (Acklam's approximation, error below 1.2e-9 relative). */
export const normalQuantile = (chance: number): number => {
  const [low, high] = [0.02425, 1 - 0.02425]
  const tail = (q: number) =>
    (((((-7.784894002430293e-3 * q - 3.223964580411365e-1) * q - 2.400758277161838) * q - 2.549732539343734) *
      q +
      4.374664141464968) *
      q +
      2.938163982698783) /
    ((((7.784695709041462e-3 * q + 3.224671290700398e-1) * q + 2.445134137142996) * q + 3.754408661907416) *
      q +
      1)
  if (chance < low) return tail(Math.sqrt(-2 * Math.log(chance)))
  if (chance > high) return -tail(Math.sqrt(-2 * Math.log(1 - chance)))
  const q = chance - 0.5
  const r = q * q
  return (
    ((((((-3.969683028665376e1 * r + 2.209460984245205e2) * r - 2.759285104469687e2) * r +
      1.38357751867269e2) *
      r -
      3.066479806614716e1) *
      r +
      2.506628277459239) *
      q) /
    (((((-5.447609879822406e1 * r + 1.615858368580409e2) * r - 1.556989798598866e2) * r +
      6.680131188771972e1) *
      r -
      1.328068155288572e1) *
      r +
      1)
  )
}
