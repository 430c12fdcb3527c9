import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** What came of one point, a line of the results file. */
export interface Result {
  readonly id: string
  readonly kind: string
  readonly path: string
  readonly passed: boolean
  /** False: the point's moment never came in this run, so that it shows nothing but an undisturbed run. */
  readonly reached: boolean
  readonly problems: readonly string[]
  readonly outcomes: readonly string[]
  readonly seed: number
  readonly seconds: number
  readonly at: string
  readonly commit: string
  /** The other points that the rollout was disturbed at, of one that was shared. */
  readonly company?: readonly string[]
}

/** The last result of every point, by id. A line that was cut off by a crash counts as none. */
export async function readResults(file: string): Promise<ReadonlyMap<string, Result>> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const results = new Map<string, Result>()
  for (const line of text.split('\n')) {
    try {
      const result = JSON.parse(line) as Result
      results.set(result.id, result)
    } catch {
      continue
    }
  }
  return results
}

/** Whether a result is that of a rollout which points shared; those of the points follow it. */
export function isShared({ kind }: Result): boolean {
  return kind === 'together'
}

export async function addResult(file: string, result: Result): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await appendFile(file, `${JSON.stringify(result)}\n`)
}

/**
 * Keeps the last result of every point, and of rollouts that points shared those that failed, in the order of their ids, so that two
 * versions of the file can be compared and merged.
 */
export async function tidyResults(file: string): Promise<void> {
  const results = [...(await readResults(file)).values()].filter((one) => !isShared(one) || !one.passed)
  const lines = results
    .toSorted((one, other) => (one.id < other.id ? -1 : 1))
    .map((result) => `${JSON.stringify(result)}\n`)
  await writeFile(file, lines.join(''))
}
