import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Generator } from './generators.ts'

/** A generated file that is not what its generator makes; `null` = it does not exist. */
export type Outdated = {
  readonly path: string
  readonly committed: string | null
  readonly generated: string
}

/** Compares every generated file with what its generator makes now. */
export async function findOutdated(
  root: string,
  generators: readonly Generator[],
): Promise<readonly Outdated[]> {
  const checked = await Promise.all(
    generators.map(async ({ path, generate }) => ({
      path,
      generated: await generate(),
      committed: await readFile(join(root, path), 'utf8').catch(() => null),
    })),
  )
  return checked.filter(({ committed, generated }) => committed !== generated)
}

/** Writes what is out of date. */
export async function writeOutdated(root: string, outdated: readonly Outdated[]): Promise<void> {
  for (const { path, generated } of outdated) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), generated)
  }
}
