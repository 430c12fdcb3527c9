import { Client, Connection } from '@temporalio/client'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { createDecisionActivities } from '../activities/decisions.ts'
import { signMessage } from '../rollout/signature.ts'
import { lockId } from '../rollout/target.ts'
import type { Message } from '../workflows/messages.ts'
import { activityContext } from './support/accounts.ts'

const message: Message = {
  verb: 'abort',
  decisionId: 'd-1',
  by: { name: 'mia', roles: ['operator'], groups: [] },
  at: '2026-03-01T12:00:00.000Z',
}
const { address, namespace } = inject('temporal')
let connection: Connection
let temporal: Client
const activities = (signingKey?: string) => createDecisionActivities({ temporal, signingKey })

beforeAll(async () => {
  connection = await Connection.connect({ address })
  temporal = new Client({ connection, namespace })
})
afterAll(() => connection.close())

describe('a message', () => {
  test('counts as signed only for its own rollout, unchanged, and under our key', async () => {
    const signed = signMessage('key', 'r-1', message)
    const verify = (rolloutId: string, given: Message, key: string | undefined = 'key') =>
      activities(key).verifyMessage({ rolloutId, message: given })
    expect(await verify('r-1', signed)).toBe(true)
    expect(await verify('r-2', signed)).toBe(false)
    expect(await verify('r-1', { ...signed, verb: 'approve' })).toBe(false)
    expect(await verify('r-1', signed, 'another key')).toBe(false)
    expect(await verify('r-1', message)).toBe(false)
    expect(await activities().verifyMessage({ rolloutId: 'r-1', message: signed })).toBe(false)
  })
})

describe('who holds a lock', () => {
  const start = (workflowId: string, memo: Record<string, unknown>) =>
    // No worker takes this queue, so the workflows stay as they are started.
    temporal.workflow.start('endpoint', { workflowId, taskQueue: 'nobody', args: [], memo })

  test('is the rollout named in it, in the phase that its own workflow says, until it closes', async () => {
    const rolloutId = `fraud-38-${randomUUID().slice(0, 8)}`
    const key = `333333333333/eu-west-1/${rolloutId}`
    const rollout = await start(`rollout/${rolloutId}`, { phase: 'Baking' })
    const lock = await start(lockId(key), { rolloutId })
    const { findHolder, isOpen, awaitClosed } = activities()
    const look = () => activityContext().run(() => awaitClosed({ ...parent, pollEvery: 3_600_000 }))
    expect(await findHolder({ key })).toEqual({ rolloutId, phase: 'Baking' })
    const parent = { workflowId: rollout.workflowId, runId: rollout.firstExecutionRunId }
    expect(await isOpen(parent)).toBe(true)
    await expect(look()).rejects.toMatchObject({
      type: 'NotYet',
      nextRetryDelay: expect.closeTo(3_600_000, -4),
    })

    await Promise.all([lock.terminate(), rollout.terminate()])
    expect(await findHolder({ key })).toBeNull()
    expect(await isOpen(parent)).toBe(false)
    await expect(look()).resolves.toBeUndefined()
  })

  test('is nobody where there never was one', async () => {
    const { findHolder, isOpen } = activities()
    expect(await findHolder({ key: `none/${randomUUID()}` })).toBeNull()
    expect(await isOpen({ workflowId: `rollout/${randomUUID()}` })).toBe(false)
  })

  test('cannot be said, and is not guessed, while Temporal does not answer', async () => {
    const cut = await Connection.connect({ address })
    const { findHolder } = createDecisionActivities({
      temporal: new Client({ connection: cut, namespace }),
    })
    await cut.close()
    await expect(findHolder({ key: 'any' })).rejects.toMatchObject({ type: 'Transient' })
  })
})
