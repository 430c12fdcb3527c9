import { describe, expect, test } from 'vitest'
import { unpackArtifact } from '../../sandbox/serving/artifact.ts'
import { startContainer } from '../../sandbox/serving/container.ts'
import { packModel, readGolden, type ModelName } from './pack.ts'

const answers = async (name: ModelName) => {
  const container = await startContainer(await unpackArtifact(await packModel(name)), {})
  const { input } = await readGolden()
  const answer = await container.invoke({ body: Buffer.from(input), contentType: 'text/csv' })
  return answer.body.toString().trim().split('\n').map(Number)
}
const golden = async () => (await readGolden()).expected.trim().split('\n').map(Number)
const differing = (found: readonly number[], expected: readonly number[]) =>
  found.filter((value, row) => Math.abs(value - expected[row]!) > 0.01).length

describe('the trained model', () => {
  test('answers the golden set as scikit-learn does', async () => {
    const [found, expected] = [await answers('good'), await golden()]
    expect(found).toHaveLength(expected.length)
    found.forEach((value, row) => expect(Math.abs(value - expected[row]!)).toBeLessThan(2e-6))
  })

  test('in its broken version answers most of the golden set wrong', async () => {
    const expected = await golden()
    expect(differing(await answers('broken'), expected)).toBeGreaterThan(expected.length / 2)
  })

  test('in its previous version answers differently, but decides the same', async () => {
    const [found, expected] = [await answers('previous'), await golden()]
    expect(differing(found, expected)).toBeGreaterThan(0)
    const same = found.filter((value, row) => value >= 0.5 === expected[row]! >= 0.5).length
    expect(same).toBeGreaterThanOrEqual(expected.length - 2)
  })

  test('is packed into the same bytes every time', async () => {
    expect(await packModel('good')).toEqual(await packModel('good'))
    expect(await packModel('good')).not.toEqual(await packModel('broken'))
  })
})
