import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { documentOf, startStage, yaml, type Answer, type Stage, type Who } from './support/api-stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage(inject('temporal'), { deadlines: { plan: 3_000, worker: 1_000 } })
  await stage.startWorker()
})
afterAll(() => stage.close())

const post = (
  document: string,
  headers: Record<string, string> = {},
  as: Who = 'operator',
): Promise<Answer> =>
  stage.send('POST', '/v1/rollouts', { as, body: document, headers: { ...yaml, ...headers } })
const get = (path: string): Promise<Answer> => stage.send('GET', path, { as: 'viewer' })

describe('planning', () => {
  test('answers the plan to a viewer, findings and all, for YAML and for JSON', async () => {
    const { status, body } = await stage.send('POST', '/v1/plans', {
      as: 'viewer',
      body: documentOf('broken'),
      headers: yaml,
    })
    expect(status).toBe(200)
    expect(body.findings.map(({ code }: { code: string }) => code)).toEqual([
      'package-not-approved',
      'short-bake',
    ])
    const asJson = await stage.send('POST', '/v1/plans', {
      as: 'viewer',
      body: JSON.stringify(minimalAsObject()),
    })
    expect([asJson.status, asJson.body.title]).toEqual([200, 'json-scorer v38'])
  })

  test('lists every problem of a wrong document with its place', async () => {
    const { status, body } = await stage.send('POST', '/v1/plans', {
      as: 'viewer',
      body: 'apiVersion: sluice/v1\nkind: Rollout\nname: Wrong Name\nproduction: { waves: [] }\n',
      headers: yaml,
    })
    expect([status, body.type]).toEqual([422, 'urn:sluice:problem:invalid-document'])
    const paths = body.problems.map(({ path }: { path: string }) => path)
    expect(paths).toEqual(expect.arrayContaining(['name', 'model', 'accounts']))
    expect(body.problems.find(({ path }: { path: string }) => path === 'name')).toMatchObject({ line: 3 })
  })

  test('says what failed when the plan could not be made', async () => {
    const { status, body } = await stage.send('POST', '/v1/plans', {
      as: 'viewer',
      body: documentOf('unplannable'),
      headers: yaml,
    })
    expect([status, body.type]).toEqual([502, 'urn:sluice:problem:plan-failed'])
    expect(body.detail).toBe('Denied: the account cannot be entered')
  })

  test('gives up on a plan that takes too long', async () => {
    const { status, body } = await stage.send('POST', '/v1/plans', {
      as: 'viewer',
      body: documentOf('slow'),
      headers: yaml,
    })
    expect([status, body.type]).toEqual([504, 'urn:sluice:problem:plan-timed-out'])
  })
})

describe('starting', () => {
  test('answers 202 with the place of the rollout and its plan, and the rollout carries summary, memo and attributes', async () => {
    const { status, headers, body } = await post(documentOf('fraud-scorer'))
    expect(status).toBe(202)
    expect(headers.get('location')).toBe(`/v1/rollouts/${body.id}`)
    expect(body.id).toMatch(/^fraud-scorer-38-[a-z0-9]{8}$/)
    expect(body.plan.title).toBe('fraud-scorer v38')
    const description = await stage.client.workflow.getHandle(`rollout/${body.id}`).describe()
    expect(await description.staticSummary()).toBe('fraud-scorer v38')
    expect(description.memo).toMatchObject({
      startedBy: 'otto',
      documentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(description.searchAttributes).toMatchObject({
      SluiceModel: ['fraud-scorer'],
      SluiceStartedBy: ['otto'],
    })
  })

  test.each<[string, Who, number]>([
    ['a viewer', 'viewer', 403],
    ['an operator in an emergency', 'operator', 403],
    ['an approver in an emergency', 'approver', 202],
  ])('by %s', async (_who, as, expected) => {
    const emergency = as === 'viewer' ? '' : 'emergency: { reason: stable is down, skip: [bake] }\n'
    const { status } = await post(documentOf('fraud-scorer') + emergency, {}, as)
    expect(status).toBe(expected)
  })

  test('a plan with errors starts nothing and returns the findings', async () => {
    const { status, body } = await post(documentOf('broken'))
    expect([status, body.type]).toEqual([422, 'urn:sluice:problem:plan-refused'])
    expect(body.findings).toHaveLength(2)
    expect((await get('/v1/rollouts?model=broken')).body.rollouts).toEqual([])
  })

  test('a target that another rollout holds is a conflict', async () => {
    const { status, body } = await post(documentOf('busy'))
    expect([status, body.type]).toEqual([409, 'urn:sluice:problem:target-busy'])
  })

  test('a body that is no document is refused by its kind', async () => {
    const kind = await post('<rollout/>', { 'content-type': 'text/xml' })
    expect([kind.status, kind.body.type]).toEqual([415, 'urn:sluice:problem:unsupported-media-type'])
    const empty = await post('')
    expect([empty.status, empty.body.type]).toEqual([400, 'urn:sluice:problem:malformed-body'])
    const large = await post(`x: ${'x'.repeat(1024 * 1024)}`)
    expect([large.status, large.body.type]).toEqual([413, 'urn:sluice:problem:too-large'])
  })
})

describe('an Idempotency-Key', () => {
  test('makes the same request the same rollout, however it is written and however often it is sent', async () => {
    const key = { 'idempotency-key': randomUUID() }
    const document = documentOf('fraud-scorer')
    const answers = await Promise.all([
      post(document, key),
      post(document, key),
      post(`# again\n${document}`, key),
    ])
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202])
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect(answers.filter(({ body }) => body.repeated)).toHaveLength(2)
  })

  test('with another document is a conflict, even under another name', async () => {
    const key = { 'idempotency-key': randomUUID() }
    const { body: first } = await post(documentOf('fraud-scorer'), key)
    const { status, body } = await post(documentOf('other'), key)
    expect([status, body.type, body.id]).toEqual([409, 'urn:sluice:problem:idempotency-key-reused', first.id])
  })

  test('belongs to the credential that sent it', async () => {
    const key = { 'idempotency-key': randomUUID() }
    const document = documentOf('fraud-scorer')
    const [operator, approver] = [
      await post(document, key, 'operator'),
      await post(document, key, 'approver'),
    ]
    expect(operator.body.id).not.toBe(approver.body.id)
  })

  test('that nobody could repeat is refused', async () => {
    const { status, body } = await post(documentOf('fraud-scorer'), { 'idempotency-key': 'x'.repeat(201) })
    expect([status, body.problems[0].path]).toEqual([400, 'headers.Idempotency-Key'])
  })
})

describe('reading', () => {
  test('shows state, links, and the progress of what is being copied', async () => {
    const { body: started } = await post(documentOf('copying'))
    await expect
      .poll(async () => (await get(`/v1/rollouts/${started.id}`)).body.progress)
      .toMatchObject([
        { activity: 'copyArtifact', objects: 1, objectsTotal: 4, bytes: 250, bytesTotal: 1_000 },
      ])
    const { body } = await get(`/v1/rollouts/${started.id}`)
    expect(body).toMatchObject({ stale: false, execution: 'running', phase: 'AwaitingApproval' })
    expect(body.links.temporal).toContain(
      `http://temporal.example/namespaces/default/workflows/rollout%2F${started.id}/`,
    )
    const { body: plan } = await get(`/v1/rollouts/${started.id}/plan`)
    expect([plan.document.name, plan.plan.title]).toEqual(['copying', 'copying v38'])
  })

  test('a rollout that is not there is 404, and an id that can be none is 400', async () => {
    for (const path of ['', '/plan', '/events']) {
      const { status, body } = await get(`/v1/rollouts/nothing${path}`)
      expect([status, body.type]).toEqual([404, 'urn:sluice:problem:no-such-rollout'])
    }
    expect((await get('/v1/rollouts/..%2Fplan')).status).toBe(400)
  })

  test('a rollout that was terminated from outside needs a person', async () => {
    const { body } = await post(documentOf('fraud-scorer'))
    await get(`/v1/rollouts/${body.id}`)
    await stage.client.workflow.getHandle(`rollout/${body.id}`).terminate('by somebody')
    const { body: rollout } = await get(`/v1/rollouts/${body.id}`)
    expect(rollout).toMatchObject({ execution: 'terminated', phase: 'NeedsHuman' })
    expect(rollout.message).toContain('terminated from outside while AwaitingApproval')
  })

  test('lists by model and target, page by page, each rollout once', async () => {
    const endpoint = `e-${randomUUID().slice(0, 8)}`
    const ids = new Set<string>()
    for (let index = 0; index < 3; index += 1) ids.add((await post(documentOf('listed', endpoint))).body.id)
    const filter = `/v1/rollouts?model=listed&target=333333333333/eu-west-1/${endpoint}&limit=2`
    await expect
      .poll(async () => (await get(filter.replace('limit=2', 'limit=9'))).body.rollouts.length)
      .toBe(3)
    const first = await get(filter)
    const second = await get(`${filter}&cursor=${first.body.next}`)
    const seen = [...first.body.rollouts, ...second.body.rollouts].map(({ id }: { id: string }) => id)
    expect(new Set(seen)).toEqual(ids)
    expect([seen.length, second.body.next]).toEqual([3, undefined])
    const foreign = await get(`/v1/rollouts?model=other&cursor=${first.body.next}`)
    expect([foreign.status, foreign.body.type]).toEqual([400, 'urn:sluice:problem:invalid-request'])
  })

  test('of 200 targets is started, and is found by each of them', async () => {
    const name = `wide-${randomUUID().slice(0, 8)}`
    const { status, body } = await post(JSON.stringify(wideDocument(name, 200)))
    expect(status).toBe(202)
    const details = await stage.client.workflow.getHandle(`rollout/${body.id}`).describe()
    expect(await details.staticDetails()).toMatch(/… and \d+ more steps$/)
    const path = `333333333333/eu-west-1/${name}-199`
    await expect
      .poll(async () => (await get(`/v1/rollouts?target=${path}`)).body.rollouts)
      .toMatchObject([{ id: body.id, targets: [] }])
    expect((await get(`/v1/rollouts?target=${path}0`)).body.rollouts).toEqual([])
    const { body: rollout } = await get(`/v1/rollouts/${body.id}`)
    expect(rollout.targets.map(({ key }: { key: string }) => key)).toContain(path)
    expect((await get(`/v1/targets/${path}`)).body.current).toMatchObject({ rollout: body.id, actual: 10 })
  })

  test.each([
    ["model=x' OR WorkflowType = 'plan"],
    ['phase=Sleeping'],
    ['limit=0'],
    ['limit=1000'],
    ['colour=red'],
    ['model=a&model=b'],
  ])('refuses to list by %s', async (query) => {
    const { status, body } = await get(`/v1/rollouts?${encodeURI(query)}`)
    expect([status, body.type]).toEqual([400, 'urn:sluice:problem:invalid-request'])
  })

  test('a target tells what serves there and what works on it, and an undo gives it back to the one before', async () => {
    const endpoint = `e-${randomUUID().slice(0, 8)}`
    const path = `/v1/targets/333333333333/eu-west-1/${endpoint}`
    expect((await get(path)).body).toMatchObject({ serving: null, current: null })
    const succeed = async (): Promise<string> => {
      const { body } = await post(documentOf('served', endpoint))
      await stage.send('POST', `/v1/rollouts/${body.id}/approve`, { as: 'approver' })
      await stage.client.workflow.getHandle(`rollout/${body.id}`).result()
      return body.id
    }
    const serving = async (): Promise<string | undefined> => (await get(path)).body.serving?.rollout
    const [first, second] = [await succeed(), await succeed()]
    await expect.poll(serving).toBe(second)
    const { body: undo } = await stage.send('POST', `/v1/rollouts/${second}/undo`, { as: 'approver' })
    await expect
      .poll(async () => (await get(path)).body.current)
      .toMatchObject({ rollout: undo.id, asked: 10, actual: 10 })
    await stage.send('POST', `/v1/rollouts/${undo.id}/approve`, { as: 'approver' })
    await expect.poll(serving).toBe(first)
  })
})

describe('while no worker runs', () => {
  test('the last thing that a rollout wrote down is shown, marked stale, and nothing new can be planned', async () => {
    const { body: started } = await post(documentOf('fraud-scorer'))
    await expect
      .poll(async () => (await get(`/v1/rollouts/${started.id}`)).body.phase)
      .toBe('AwaitingApproval')
    await stage.stopWorker()
    const { body } = await get(`/v1/rollouts/${started.id}`)
    expect(body).toMatchObject({
      stale: true,
      phase: 'AwaitingApproval',
      message: 'waits for approval',
      startedBy: 'otto',
    })
    expect(body.staleBecause).toContain(`task queue ${stage.taskQueue}`)
    const plan = await get(`/v1/rollouts/${started.id}/plan`)
    expect([plan.status, plan.body.type]).toEqual([503, 'urn:sluice:problem:no-worker'])
    const refused = await post(documentOf('fraud-scorer'))
    expect([refused.status, refused.body.type]).toEqual([503, 'urn:sluice:problem:no-worker'])
    await stage.startWorker()
    await expect
      .poll(async () => (await get(`/v1/rollouts/${started.id}`)).body.stale, { timeout: 20_000 })
      .toBe(false)
  })
})

function wideDocument(name: string, targets: number): object {
  const wave = Array.from({ length: targets }, (_, index) => ({
    account: 'prod',
    region: 'eu-west-1',
    endpoint: { name: `${name}-${index}` },
  }))
  const document = minimalAsObject()
  return { ...document, name, production: { ...document.production, waves: [wave] } }
}

function minimalAsObject() {
  return {
    apiVersion: 'sluice/v1',
    kind: 'Rollout',
    name: 'json-scorer',
    model: { package: 'arn:aws:sagemaker:eu-west-1:333333333333:model-package/fraud-scorer/38' },
    accounts: { prod: { id: '333333333333' } },
    endpoint: { name: 'fraud-scorer' },
    production: {
      strategy: { allAtOnce: { bake: '15m' } },
      watch: { alarms: ['fraud-scorer-composite'] },
      waves: [[{ account: 'prod', region: 'eu-west-1' }]],
    },
  }
}
