/** Joins what comes into pieces of exactly `size` bytes; the last is what is left. Each is valid until the next is asked for. */
export async function* pieces(chunks: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Buffer> {
  const piece = Buffer.allocUnsafeSlow(size)
  let filled = 0
  for await (const chunk of chunks) {
    for (let taken = 0; taken < chunk.length;) {
      const fits = Math.min(size - filled, chunk.length - taken)
      piece.set(chunk.subarray(taken, taken + fits), filled)
      taken += fits
      filled += fits
      if (filled < size) continue
      yield piece
      filled = 0
    }
  }
  if (filled > 0) yield piece.subarray(0, filled)
}
