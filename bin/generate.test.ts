import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findOutdated, writeOutdated } from './generate.ts'

const generators = [
  { path: 'docs/schema.json', generate: () => '{}\n' },
  { path: 'openapi.json', generate: () => Promise.resolve('[]\n') },
]
let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-generate-'))
})
afterEach(() => rm(root, { recursive: true }))

test('a file that is missing or differs by a byte is out of date', async () => {
  await writeFile(join(root, 'openapi.json'), '[]')
  await expect(findOutdated(root, generators)).resolves.toEqual([
    { path: 'docs/schema.json', committed: null, generated: '{}\n' },
    { path: 'openapi.json', committed: '[]', generated: '[]\n' },
  ])
})

test('after writing nothing is out of date', async () => {
  await writeOutdated(root, await findOutdated(root, generators))
  await expect(readFile(join(root, 'docs/schema.json'), 'utf8')).resolves.toBe('{}\n')
  await expect(findOutdated(root, generators)).resolves.toEqual([])
})
