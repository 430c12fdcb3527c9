import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Moment, Tally } from './probe.ts'

/** What a worker process is to count. */
export interface Count {
  readonly aliases: Readonly<Record<string, string>>
  /** Each ends a process with SIGKILL, once. */
  readonly traps?: readonly Moment[]
  /** The file of the last will; without one every process counts from the beginning. */
  readonly will?: string
}

/** What a process that ended itself leaves to the one that takes over: moments keep their names. */
export interface Will extends Tally {
  /** The traps that were sprung so far. */
  readonly fallen: readonly Moment[]
}

/** Undefined while no process has ended itself. */
export function readWill(file: string | undefined): Will | undefined {
  return file && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Will) : undefined
}

/** Synchronously: it is the last thing that a process does. */
export function writeWill(file: string | undefined, will: Will): void {
  if (file) writeFileSync(file, JSON.stringify(will))
}
