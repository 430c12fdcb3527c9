import { expect } from 'vitest'
import { judgeWorld, type Expected } from './judge-world.ts'
import type { Stack } from './stack.ts'
import { readWorld, type WorldState } from './world-state.ts'

export { readWorld, type WorldState } from './world-state.ts'

/** Reads the whole sandbox and finds nothing wrong with it; see `judgeWorld`. */
export async function checkWorld(stack: Stack, before: WorldState, expected: Expected = {}): Promise<void> {
  expect(judgeWorld(before, await readWorld(stack), expected)).toEqual([])
}
