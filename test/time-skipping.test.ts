import type { Duration } from '@temporalio/common'
import { temporal } from '@temporalio/proto'
import { Worker } from '@temporalio/worker'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { packModel } from '../examples/model/pack.ts'
import { businessAlarm } from '../examples/world.ts'
import { lockId } from '../rollout/target.ts'
import type { RolloutView } from '../rollout/view.ts'
import { rolloutWorkflowId } from '../workflows/messages.ts'
import { checkWorld, readWorld } from './support/check.ts'
import { twoRegions } from './support/documents.ts'
import { startInSkippedTime } from './support/skipped-time.ts'
import { sleepForAWeek } from './support/sleeper-workflows.ts'
import type { Stack } from './support/start-stack.ts'
import { startTimeSkipping } from './support/time-skipping.ts'

const hour = 3_600_000
const { EventType } = temporal.api.enums.v1

describe('on the time-skipping server', () => {
  let environment: TestWorkflowEnvironment
  let stack: Stack

  beforeAll(async () => {
    environment = await startTimeSkipping()
    const artifact = await packModel('good')
    stack = await startInSkippedTime(environment, inject('bundle'), {
      versions: [37, 38, 39].map((version) => ({ version, artifact })),
    })
  })
  afterAll(async () => {
    await stack.close()
    await environment.teardown()
  })

  test('a week passes in a moment, and it knows our search attributes', async () => {
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
    expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(7 * 24 * hour)
  })

  const days = (count: number) => count * 24 * hour

  const start = (bake: string, production: Record<string, unknown> = {}): Promise<string> =>
    stack.start(
      twoRegions({
        accounts: stack.accounts,
        approval: { required: 1, from: ['ml-leads'], expiresAfter: '7d' },
        production: {
          strategy: { steps: [{ weight: 10 }, { bake }, { weight: 100 }] },
          watch: { alarms: [businessAlarm], pollEvery: '10m', settle: '1m', minInvocations: 10 },
          waves: [[{ account: 'prod-eu', region: 'eu-west-1' }]],
          keepPrevious: '1m',
          ...production,
        },
      }),
    )

  /**
   * Lets time pass until the rollout has ended, a few hours at once: while nothing has a timer, the server would leap by
   * years.
   */
  const ended = async (id: string): Promise<RolloutView> => {
    for (;;) {
      const view = await stack.view(id)
      if (view.phase === 'Ended') return view
      await environment.sleep('6 hours')
    }
  }

  /** What a rollout adds to Temporal; how many workflow tasks that takes depends on what arrives together. */
  const eventsOf = async ({ id, targets }: RolloutView) => {
    const workflows = [rolloutWorkflowId(id), ...targets.map(({ key }) => lockId(key))]
    const histories = await Promise.all(
      workflows.map((one) => environment.client.workflow.getHandle(one).fetchHistory()),
    )
    const events = histories.map((history) => history.events ?? [])
    const isTask = ({ eventType }: { readonly eventType?: number | null }): boolean =>
      /WORKFLOW_TASK/.test(EventType[eventType ?? 0] ?? '')
    return {
      all: events.map((some) => some.length),
      own: events.map((some) => some.filter((event) => !isTask(event)).length),
    }
  }

  test('an approval that nobody gives expires after seven days, and nothing was touched', async () => {
    const before = await readWorld(stack)
    const began = await environment.currentTimeMs()
    const id = await start('24h')
    await stack.until(id, (view) => view.phase === 'AwaitingApproval')
    await environment.sleep('6 days')
    expect((await stack.view(id)).phase).toBe('AwaitingApproval')
    expect(await ended(id)).toMatchObject({
      outcome: 'Rejected',
      reason: expect.stringContaining('nobody decided'),
    })
    expect((await environment.currentTimeMs()) - began).toBeGreaterThanOrEqual(days(7))
    await checkWorld(stack, before)
  })

  const play = async (bake: string, approveAfter: Duration, production: Record<string, unknown> = {}) => {
    const before = await readWorld(stack)
    const began = await environment.currentTimeMs()
    const id = await start(bake, production)
    await stack.until(id, (view) => view.phase === 'AwaitingApproval')
    await environment.sleep(approveAfter)
    await stack.ask('mia', 'POST', `/v1/rollouts/${id}/approve`, {})
    const view = await ended(id)
    expect(view.outcome, view.reason).toBe('Succeeded')
    await checkWorld(stack, before, { fresh: view.targets.map((one) => one.key) })
    return { lasted: (await environment.currentTimeMs()) - began, ...(await eventsOf(view)) }
  }

  test('a bake of a day, watched, and six days until approval cost the history what minutes cost', async () => {
    const short = await play('1m', '1 minute')
    const long = await play('24h', '6 days')
    expect(short.lasted).toBeLessThan(days(1))
    expect(long.lasted).toBeGreaterThanOrEqual(days(6 + 1))
    expect(long.own).toEqual(short.own)
    expect(Math.max(...long.all)).toBeLessThan(400)
  }, 300_000)

  test('a previous version that is kept for days costs no more either', async () => {
    const elsewhere = {
      watch: { alarms: [], settle: '1m', minInvocations: 10 },
      waves: [[{ account: 'prod-world', region: 'us-east-1' }]],
    }
    const short = await play('1m', '1 minute', elsewhere)
    const long = await play('24h', '6 days', { ...elsewhere, keepPrevious: '7d' })
    expect(long.lasted).toBeGreaterThanOrEqual(days(6 + 1 + 7))
    expect(long.own).toEqual(short.own)
  }, 300_000)
})
