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
]

describe('the reliability campaign', () => {
  let results: readonly Result[]

  beforeAll(async () => {
    const workerScript = await bundleWorkerProcess()
    const surroundings = { temporal: inject('temporal'), bundle: inject('bundle'), workerScript }
    const world = await loadWorld()
    const open = () => openLane(surroundings, world)
    const recording = await recordPaths(open, inject('bundle'), ['good'])
    results = await runPoints({
      points: allPoints(recording).filter(({ id }) => sample.includes(id)),
      recording,
      open,
      parallel: sample.length,
      together: 2,
      seed: 1,
      commit: '',
      told: async () => undefined,
    })
    await rm(workerScript, { force: true })
  }, 900_000)

  test('also where points share a rollout', () => {
    const shared = results.filter(isShared)
    expect(shared).toHaveLength(1)
    expect(shared[0]).toMatchObject({ problems: [] })
  })

  test.each(sample)('%s', (id) => {
    const result = results.find((one) => one.id === id)
    expect(result, 'it is enumerated').toBeDefined()
    expect(result).toMatchObject({ problems: [], reached: true })
  })
})
