import { isFailure } from '../failure.ts'

const pauseMs = 1_000

/**
 * One of many reads that fails for the moment must not throw away those that succeeded: it is tried again in its place, after a
 * second or so of the rollout's clock. Throws what failed last.
 */
export async function patiently<T>(clockRate: number, read: () => Promise<T>, most = 20): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await read()
    } catch (error) {
      if (!isFailure(error, 'Throttled', 'Transient') || tries >= most) throw error
      const pause = (pauseMs * (0.5 + Math.random())) / clockRate
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
}
