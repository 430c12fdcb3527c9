import { Worker } from '@temporalio/worker'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { sleepForAWeek } from './support/sleeper-workflows.ts'
import { startTimeSkipping } from './support/time-skipping.ts'

test('a week passes in a moment on the time-skipping server, which knows our search attributes', async () => {
  const environment = await startTimeSkipping()
  try {
    const before = await environment.currentTimeMs()
    const worker = await Worker.create({
      connection: environment.nativeConnection,
      taskQueue: 'sleepers',
      workflowsPath: fileURLToPath(new URL('./support/sleeper-workflows.ts', import.meta.url)),
    })
    const result = await worker.runUntil(
      environment.client.workflow.execute(sleepForAWeek, { taskQueue: 'sleepers', workflowId: 'sleeper' }),
    )
    expect(result).toBe('rested')
    expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(7 * 86_400_000)
  } finally {
    await environment.teardown()
  }
})
