/** Runs `work` over every item, at most `most` at a time; results in order. The first error stops new work and is thrown. */
export async function inParallel<T, R>(
  items: readonly T[],
  most: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  let next = 0
  let broken = false
  const lane = async () => {
    while (!broken && next < items.length) {
      const index = next++
      try {
        results[index] = await work(items[index]!, index)
      } catch (error) {
        broken = true
        throw error
      }
    }
  }
  const lanes = Array.from({ length: Math.min(most, items.length) }, lane)
  // All lanes come to rest before the error goes up, so that nothing runs on behind a failed activity.
  const ended = await Promise.allSettled(lanes)
  for (const end of ended) if (end.status === 'rejected') throw end.reason
  return results
}
