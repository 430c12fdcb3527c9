import { rm } from 'node:fs/promises'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { allPoints } from './campaign/points.ts'
import { recordPaths } from './campaign/recording.ts'
import { isShared, type Result } from './campaign/results.ts'
import { runPoints } from './campaign/run.ts'
import { openLane } from './campaign/stage.ts'
import { bundleWorkerProcess } from './campaign/workers.ts'
import { loadWorld } from './campaign/world.ts'

/** A fixed sample of `npm run campaign`, through the same code and side by side. */
const sample = [
  'crash/good/before/updateEndpoint@prodEu:eu-west-1#1/SageMaker.UpdateEndpoint#1',
  'crash/good/returned/awaitEndpoint@prodWorld:us-east-1#1',
  'aws/good/answer-lost/SageMaker.CreateModelPackage',
  'lies/stable-image/tag-moved-in-the-bake',
  // It found that another's weights passed for ours while candidate instances were waited for.
  'lies/foreign-at/ensureCapacity@prodWorld:us-east-1#1',
]

describe('the reliability campaign', () => {
  let results: readonly Result[]

  beforeAll(async () => {
    const workerScript = await bundleWorkerProcess()
    const surroundings = { temporal: inject('temporal'), bundle: inject('bundle'), workerScript }
    const world = await loadWorld()
    const open = () => openLane(surroundings, world)
    const recording = await recordPaths(open, inject('bundle'), ['good'])
    const run = (points: readonly string[]): Promise<readonly Result[]> =>
      runPoints({
        points: allPoints(recording).filter(({ id }) => points.includes(id)),
        recording,
        open,
        parallel: points.length,
        together: 2,
        seed: 1,
        commit: '',
        told: async () => undefined,
      })
    results = await run(sample)
    const failed = results.filter(({ passed }) => !passed)
    // As everywhere in `test`, and here the runs are made before the tests.
    if (process.env['CI'] && failed.length > 0) {
      const again = await run(sample.filter((id) => failed.some((one) => one.id.split(' + ').includes(id))))
      results = [...again, ...results.filter(({ passed }) => passed)]
    }
    await rm(workerScript, { force: true })
  }, 900_000)

  test('also where points share a rollout', () => {
    expect(results.filter(isShared)).toMatchObject([{ problems: [] }])
  })

  test.each(sample)('%s', (id) => {
    const result = results.find((one) => one.id === id)
    expect(result, 'it is enumerated').toBeDefined()
    expect(result).toMatchObject({ problems: [], reached: true })
  })
})
