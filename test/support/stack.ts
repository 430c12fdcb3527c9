import { inject } from 'vitest'
import { startStackOn, type Stack, type StackOptions } from './start-stack.ts'

export type { Stack } from './start-stack.ts'

/** A stack on the Temporal server and with the bundle of this test run. */
export function startStack(options: StackOptions): Promise<Stack> {
  return startStackOn({ temporal: inject('temporal'), bundle: inject('bundle') }, options)
}
