/** Lends a buffer for as long as `use` takes. */
export type Lend = <T>(use: (buffer: Uint8Array) => Promise<T>) => Promise<T>

/**
 * Buffers of one size that are used again and again. One for each part costs more than moving its bytes: each is mapped, filled with
 * zeros and collected. What a failed use had is not lent again, because a broken request may still read it.
 */
export function createBuffers(size: number): Lend {
  const free: Uint8Array[] = []
  return async (use) => {
    const buffer = free.pop() ?? Buffer.allocUnsafeSlow(size)
    const used = await use(buffer)
    free.push(buffer)
    return used
  }
}
