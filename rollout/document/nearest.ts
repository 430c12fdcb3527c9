/** Levenshtein distance, for short words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap))
    }
    row = next
  }
  return row[b.length] ?? 0
}

/** The known word that was probably meant, or null when none is close. */
export function nearest(word: string, known: readonly string[]): string | null {
  const short = word.slice(0, 64).toLowerCase()
  let best: string | null = null
  let least = Math.max(2, Math.floor(short.length / 3)) + 1
  for (const candidate of known) {
    const apart = distance(short, candidate.toLowerCase())
    if (apart < least) {
      best = candidate
      least = apart
    }
  }
  return best
}
