import { expect, it } from 'vitest'
import type { CopyTaken } from './copy/copier.ts'
import { credentials, planArtifact, startCopyWorld } from './copy/world.ts'
import { startChild } from './support/child.ts'
import { renderFindings, toMarkdown, type Table } from './support/report.ts'
import { quantile, renderSpread, spread } from './support/statistics.ts'

const table: Table = {
  title: 'Fruit',
  columns: ['kind', 'pieces'],
  rows: [
    ['apples', 1_234],
    ['pears', 0.5],
  ],
}

it('prints what was found as a table, and says which aim was missed', () => {
  const text = renderFindings({ tables: [table], aims: [{ aim: 'ripe', found: 'green', met: false }] })
  expect(text).toContain('apples   1,234')
  expect(text).toContain('MISSED  ripe: green')
})

it('gives the same table as Markdown, numbers to the right', () => {
  expect(toMarkdown(table)).toBe(
    '**Fruit**\n\n| kind | pieces |\n| --- | --: |\n| apples | 1,234 |\n| pears | 0.5 |',
  )
})

it('takes quantiles from however few there are, and none from nothing', () => {
  expect(quantile([3, 1, 2], 0.5)).toBe(2)
  expect(quantile([1, 2], 0.99)).toBe(2)
  expect(renderSpread(spread([3, 1, 2]), 0)).toBe('2 (1–3)')
  expect(() => quantile([], 0.5)).toThrow(RangeError)
})

it('copies with the activity of the worker, in processes of its own', { timeout: 120_000 }, async () => {
  const sandbox = await startCopyWorld({ objects: [1], images: [], readable: false })
  const copier = startChild('bench/copy/copier.ts', [], credentials(sandbox))
  try {
    copier.send({ kind: 'artifact', copy: await planArtifact(sandbox, 1) })
    expect(await copier.next<CopyTaken>()).toMatchObject({ result: { objects: 1, bytes: 1024 ** 2 } })
  } finally {
    await copier.close()
    await sandbox.close()
  }
})
