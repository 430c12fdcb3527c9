import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { documentOf, startStage, yaml, type Stage, type Who } from './support/api-stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage(inject('temporal'))
  await stage.startWorker()
})
afterAll(() => stage.close())

async function start(name = 'fraud-scorer', as: Who = 'operator'): Promise<string> {
  const { status, body } = await stage.send('POST', '/v1/rollouts', {
    as,
    body: documentOf(name),
    headers: yaml,
  })
  expect(status).toBe(202)
  return body.id as string
}

describe('a decision', () => {
  test.each<[string, Who[]]>([
    ['approve', ['approver']],
    ['reject', ['approver']],
    ['pause', ['operator', 'approver']],
    ['resume', ['operator', 'approver']],
    ['promote', ['approver']],
    ['promote-full', ['approver']],
    ['abort', ['operator', 'approver']],
    ['retry', ['operator', 'approver']],
    ['undo', ['approver']],
  ])('%s is for %j only', async (verb, allowed) => {
    for (const who of ['viewer', 'operator', 'approver'] as const) {
      const { status, body } = await stage.send('POST', `/v1/rollouts/no-such-rollout/${verb}`, {
        as: who,
        body: {},
      })
      if (allowed.includes(who)) expect(body.type).toBe('urn:sluice:problem:no-such-rollout')
      else expect([status, body.type]).toEqual([403, 'urn:sluice:problem:forbidden'])
    }
  })

  test('is kept under the name of the credential, whatever the body says', async () => {
    const id = await start()
    const forged = await stage.send('POST', `/v1/rollouts/${id}/approve`, {
      as: 'approver',
      body: { by: 'eve' },
    })
    expect(forged).toMatchObject({
      status: 400,
      body: { problems: [{ path: 'body', message: expect.stringContaining('by') }] },
    })
    const { status, body } = await stage.send('POST', `/v1/rollouts/${id}/approve`, {
      as: 'approver',
      body: { comment: 'golden set is fine' },
    })
    expect([status, body.result]).toEqual([200, 'accepted'])
    const { body: rollout } = await stage.send('GET', `/v1/rollouts/${id}`, { as: 'viewer' })
    expect(rollout.decisions).toMatchObject([
      { verb: 'approve', by: 'mia', comment: 'golden set is fine', verified: true },
    ])
  })

  test('sent twice with one decisionId is one decision, also after the end', async () => {
    const id = await start()
    const request = { as: 'operator', body: { decisionId: 'stop-it' } } as const
    const first = await stage.send('POST', `/v1/rollouts/${id}/abort`, request)
    const second = await stage.send('POST', `/v1/rollouts/${id}/abort`, request)
    expect(first).toMatchObject({ status: 200, body: { decisionId: 'stop-it' } })
    expect(second.body).toEqual(first.body)
  })

  test('of another verb is another decision, also under the same decisionId', async () => {
    const id = await start()
    const body = { decisionId: 'incident-42' }
    const first = await stage.send('POST', `/v1/rollouts/${id}/reject`, { as: 'approver', body })
    const second = await stage.send('POST', `/v1/rollouts/${id}/abort`, { as: 'approver', body })
    expect([first.body.message, second.body.message]).toEqual(['reject by mia', 'abort by mia'])
    await stage.client.workflow.getHandle(`rollout/${id}`).result()
    const { body: rollout } = await stage.send('GET', `/v1/rollouts/${id}`, { as: 'viewer' })
    expect(rollout.outcome).toBe('Aborted')
  })

  test('that the rollout does not take now is refused with its reason', async () => {
    const id = await start()
    const { status, body } = await stage.send('POST', `/v1/rollouts/${id}/retry`, { as: 'operator' })
    expect(status).toBe(409)
    expect(body).toMatchObject({
      type: 'urn:sluice:problem:refused',
      detail: expect.stringContaining('nothing has failed'),
      legal: expect.arrayContaining(['abort']),
    })
  })

  test('after the end is answered with the outcome', async () => {
    const id = await start()
    await stage.send('POST', `/v1/rollouts/${id}/approve`, { as: 'approver' })
    await stage.client.workflow.getHandle(`rollout/${id}`).result()
    const late = await stage.send('POST', `/v1/rollouts/${id}/abort`, { as: 'operator' })
    expect(late).toMatchObject({
      status: 409,
      body: { type: 'urn:sluice:problem:already-ended', outcome: 'Succeeded' },
    })
  })

  test('to abort what was aborted already changes nothing and is fine', async () => {
    const id = await start()
    await stage.send('POST', `/v1/rollouts/${id}/abort`, { as: 'operator' })
    await stage.client.workflow.getHandle(`rollout/${id}`).result()
    const again = await stage.send('POST', `/v1/rollouts/${id}/abort`, { as: 'operator' })
    expect(again).toMatchObject({ status: 200, body: { result: 'already-decided', phase: 'Ended' } })
  })

  test('that gets no answer in time has an unknown outcome and the decisionId to send again', async () => {
    const id = await start()
    const { status, body } = await stage.send('POST', `/v1/rollouts/${id}/pause`, {
      as: 'operator',
      body: { decisionId: 'p-1' },
    })
    expect(status).toBe(503)
    expect(body).toMatchObject({ type: 'urn:sluice:problem:outcome-unknown', decisionId: 'p-1', left: false })
  })

  test('to undo a committed rollout starts the one that takes it back, once', async () => {
    const id = await start()
    await stage.send('POST', `/v1/rollouts/${id}/approve`, { as: 'approver' })
    await stage.client.workflow.getHandle(`rollout/${id}`).result()
    const request = { as: 'approver', body: { decisionId: 'back' } } as const
    const first = await stage.send('POST', `/v1/rollouts/${id}/undo`, request)
    const second = await stage.send('POST', `/v1/rollouts/${id}/undo`, request)
    expect(first.status).toBe(202)
    expect(first.headers.get('location')).toBe(`/v1/rollouts/${first.body.id}`)
    expect(second.body).toMatchObject({ id: first.body.id, repeated: true })
    const { body } = await stage.send('GET', first.headers.get('location') ?? '', { as: 'viewer' })
    expect(body.links.undoes).toBe(id)
  })

  test('undo is offered and taken while it can do something: not of what is undone, nor of a first deployment', async () => {
    const committed = async (name?: string): Promise<string> => {
      const id = await start(name)
      await stage.send('POST', `/v1/rollouts/${id}/approve`, { as: 'approver' })
      await stage.client.workflow.getHandle(`rollout/${id}`).result()
      return id
    }
    const look = async (id: string) => {
      const { body } = await stage.send('GET', `/v1/rollouts/${id}`, { as: 'approver' })
      const offered = (body.allowed as { verb: string }[]).map(({ verb }) => verb)
      return { offered, legal: body.legal, undoneBy: body.links.undoneBy }
    }
    const undo = (id: string) => stage.send('POST', `/v1/rollouts/${id}/undo`, { as: 'approver', body: {} })
    const id = await committed()
    expect(await look(id)).toEqual({ offered: ['undo'], legal: ['undo'] })

    const { body: first } = await undo(id)
    await expect.poll(() => look(id)).toEqual({ offered: [], legal: [], undoneBy: first.id })
    expect(await undo(id)).toMatchObject({
      status: 409,
      body: { type: 'urn:sluice:problem:refused', detail: expect.stringContaining(first.id) },
    })
    await stage.send('POST', `/v1/rollouts/${first.id}/abort`, { as: 'approver' })
    await stage.client.workflow.getHandle(`rollout/${first.id}`).result()
    // What was put back itself has undone nothing.
    await expect.poll(() => look(id)).toEqual({ offered: ['undo'], legal: ['undo'] })
    expect((await undo(id)).status).toBe(202)

    expect(await look(await committed('first-deployment'))).toEqual({ offered: [], legal: [] })
  })
})

describe('while no worker runs', () => {
  test('a decision is left with Temporal under the same id, and is taken once when a worker is back', async () => {
    const id = await start()
    await stage.stopWorker()
    const request = { as: 'approver', body: { decisionId: 'yes', comment: 'in the dark' } } as const
    const first = await stage.send('POST', `/v1/rollouts/${id}/approve`, request)
    expect(first).toMatchObject({
      status: 503,
      body: { type: 'urn:sluice:problem:outcome-unknown', decisionId: 'yes', left: true },
    })
    await stage.startWorker()
    await stage.client.workflow.getHandle(`rollout/${id}`).result()
    const { body } = await stage.send('GET', `/v1/rollouts/${id}`, { as: 'viewer' })
    expect(body.outcome).toBe('Succeeded')
    expect(body.decisions).toMatchObject([{ id: 'yes', by: 'mia', verified: true, comment: 'in the dark' }])
  })
})
