import { describe, expect, test } from 'vitest'
import { ArtifactError, packArtifact, readModel, unpackArtifact } from './artifact.ts'

const model = { kind: 'linear-regression', features: ['a'], coefficients: [[2]], intercept: [1] }
const files = new Map([
  ['model.json', Buffer.from(JSON.stringify(model))],
  ['notes/readme.txt', Buffer.from('hello')],
])

describe('an artifact', () => {
  test('comes back from its archive as it went in, and the same files give the same bytes', async () => {
    const packed = await packArtifact(files)
    expect(await packArtifact(new Map([...files].reverse()))).toEqual(packed)
    expect(await unpackArtifact(packed)).toEqual(files)
  })

  test('without model.json has nothing for the built-in runtime', async () => {
    expect(readModel(new Map([['weights.bin', Buffer.from('x')]]))).toBeUndefined()
  })

  test.each([
    ['is no archive', Buffer.from('not a tar')],
    ['is cut short', undefined],
  ])('that %s is refused', async (_what, bytes) => {
    const broken = bytes ?? (await packArtifact(files)).subarray(0, 60)
    await expect(unpackArtifact(broken)).rejects.toThrow(ArtifactError)
  })

  test('whose model.json is not a model is refused', () => {
    expect(() => readModel(new Map([['model.json', Buffer.from('{"kind":"tree"}')]]))).toThrow(ArtifactError)
  })
})
