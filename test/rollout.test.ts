import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { businessAlarm } from '../examples/world.ts'
import type { TargetAnswer } from '../api/answers.ts'
import type { RolloutRecord, RolloutView } from '../rollout/view.ts'
import { checkWorld, readWorld, type WorldState } from './support/check.ts'
import { reportChargebacks } from './support/business.ts'
import { approval, businessWatch, staging, twoRegions } from './support/documents.ts'
import { packModel, readGolden } from '../examples/model/pack.ts'
import { startStack, type Stack } from './support/stack.ts'

describe('a rollout over two Regions of two accounts', () => {
  let stack: Stack
  let before: WorldState
  let row: string

  beforeAll(async () => {
    const good = await packModel('good')
    const golden = await readGolden()
    row = golden.input.split('\n')[0] ?? ''
    stack = await startStack({
      golden,
      versions: [
        { version: 37, artifact: good },
        { version: 38, artifact: good },
        { version: 39, artifact: good, environment: { SANDBOX_ERROR_RATE: '0.4' } },
        { version: 40, artifact: await packModel('broken') },
        { version: 41, artifact: good, environment: { SANDBOX_NEVER_HEALTHY: '1' } },
      ],
    })
    before = await readWorld(stack)
  })
  afterAll(() => stack.close())

  const key = (region: string): string => {
    const account = region === 'eu-west-1' ? stack.accounts.prodEu : stack.accounts.prodWorld
    return `${account}/${region}/fraud-scorer`
  }

  test('puts Region 1 back when the alarm of Region 2 fires, and says which alarm decided', async () => {
    const id = await stack.start(
      twoRegions({ accounts: stack.accounts, production: { watch: businessWatch } }),
    )
    await stack.until(id, (view) => view.phase === 'Baking' && view.targets[1]?.actual === 10)
    const stop = await reportChargebacks(stack, 'us-east-1', 0.9)
    const view = await stack.ended(id).finally(stop)
    expect(view).toMatchObject({
      outcome: 'RolledBack',
      verdict: { result: 'Fail', target: key('us-east-1') },
    })
    expect(view.verdict?.cause).toMatchObject({
      kind: 'alarm',
      alarm: businessAlarm,
      threshold: 0.5,
      value: 0.9,
    })
    expect(view.targets.map(({ state, asked, actual }) => ({ state, asked, actual }))).toEqual([
      { state: 'Reverted', asked: 0, actual: 0 },
      { state: 'Reverted', asked: 0, actual: 0 },
    ])
    await checkWorld(stack, before)
  })

  test('a candidate with errors is caught by an alarm of this rollout alone', async () => {
    const id = await stack.start(twoRegions({ accounts: stack.accounts, version: 39 }))
    const view = await stack.ended(id)
    expect(view).toMatchObject({
      outcome: 'RolledBack',
      verdict: { result: 'Fail', cause: { kind: 'alarm', threshold: 0.05 } },
    })
    expect(view.verdict?.cause).toMatchObject({ value: expect.any(Number) })
    expect(view.verdict?.alarms).toMatchObject([{ state: 'ALARM', owner: 'rollout', threshold: 0.05 }])
    await checkWorld(stack, before)
  })

  test('a candidate that gives wrong answers does not leave staging, and production is not touched', async () => {
    const id = await stack.start(
      twoRegions({ accounts: stack.accounts, version: 40, staging: staging(stack.accounts, row) }),
    )
    const view = await stack.ended(id)
    expect(view.outcome).toBe('Failed')
    expect(view.reason).toContain('golden set')
    expect(view.measurements.some((one) => !one.passed)).toBe(true)
    expect(view.targets.every((target) => target.state === 'Pending')).toBe(true)
    await checkWorld(stack, before)
  })

  test('a candidate that never gets healthy is taken away again', async () => {
    const id = await stack.start(twoRegions({ accounts: stack.accounts, version: 41 }))
    const view = await stack.ended(id)
    expect(view.outcome).toBe('RolledBack')
    await checkWorld(stack, before)
  })

  test('a good version goes all the way, and its record outlives it', async () => {
    const id = await stack.start(
      twoRegions({
        accounts: stack.accounts,
        staging: staging(stack.accounts, row),
        approval,
        record: { account: 'prod-eu', to: `s3://audit-${stack.accounts.prodEu}/sluice/` },
      }),
    )
    await stack.until(id, (view) => view.phase === 'AwaitingApproval')
    const own = await stack.ask('zoe', 'POST', `/v1/rollouts/${id}/approve`, {})
    expect(own.status).toBe(403)
    const approved = await stack.ask('mia', 'POST', `/v1/rollouts/${id}/approve`, {
      comment: 'golden set is fine',
    })
    expect(approved.status).toBe(200)
    const view = await stack.ended(id)
    expect({ outcome: view.outcome, reason: view.reason }).toMatchObject({ outcome: 'Succeeded' })
    expect(view.steps.every((step) => step.state === 'Passed')).toBe(true)
    expect(view.decisions).toMatchObject([
      { verb: 'approve', by: 'mia', verified: true, comment: 'golden set is fine' },
    ])
    expect(view.measurements.map((one) => one.name)).toEqual(
      expect.arrayContaining([expect.stringContaining('(client)')]),
    )
    await checkWorld(stack, before, { fresh: [key('eu-west-1'), key('us-east-1')] })

    const record = await readRecord(stack, id)
    expect(record.rollout.outcome).toBe('Succeeded')
    expect(record.rollout.decisions).toHaveLength(1)
    expect(record.plan).toMatchObject({ rolloutId: id })
  })

  test('undo after the commit is a rollout of its own that goes back to the previous config', async () => {
    const list = await stack.ask<{ rollouts: RolloutView[] }>(
      'vic',
      'GET',
      '/v1/rollouts?outcome=Succeeded&model=fraud-scorer&limit=100',
    )
    expect(list.status).toBe(200)
    const world = await readWorld(stack)
    const live = world.endpoints.find((one) => one.accountId === stack.accounts.prodEu)
    const id =
      live &&
      (world.endpointConfigs.find((config) => config.name === live.config)?.tags['sluice:rollout'] ?? '')
    const undone = await stack.ask<{ id: string }>('mia', 'POST', `/v1/rollouts/${id}/undo`, {
      comment: 'complaints',
    })
    expect(undone.status, JSON.stringify(undone.body)).toBe(202)
    expect(undone.headers.get('location')).toBe(`/v1/rollouts/${undone.body.id}`)
    const view = await stack.ended(undone.body.id)
    expect({ outcome: view.outcome, undoes: view.links.undoes }).toEqual({ outcome: 'Succeeded', undoes: id })
    expect(view.targets.map(({ state }) => state)).toEqual(view.targets.map(() => 'Committed'))
    const key = `${stack.accounts.prodEu}/eu-west-1/fraud-scorer`
    const servedLast = async (): Promise<string | undefined> => {
      const target = await stack.ask<TargetAnswer>('vic', 'GET', `/v1/targets/${key}`)
      return target.body.served[0]?.undo
    }
    // Lists are a second or so behind.
    await expect.poll(servedLast, { timeout: 30_000 }).toBe(undone.body.id)
    await checkWorld(stack, before, { kept: world.endpointConfigs.map((config) => config.name) })
  })
})

async function readRecord(stack: Stack, id: string): Promise<RolloutRecord> {
  const { GetObjectCommand, S3Client } = await import('@aws-sdk/client-s3')
  const s3 = new S3Client({
    endpoint: stack.sandbox.url,
    forcePathStyle: true,
    region: 'eu-west-1',
    credentials: { accessKeyId: `AKIA${stack.accounts.prodEu}`, secretAccessKey: 'any' },
  })
  const { Body } = await s3.send(
    new GetObjectCommand({ Bucket: `audit-${stack.accounts.prodEu}`, Key: `sluice/${id}.json` }),
  )
  return JSON.parse((await Body?.transformToString()) ?? '') as RolloutRecord
}
