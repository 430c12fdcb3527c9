import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { packModel } from '../examples/model/pack.ts'
import { reportChargebacks } from './support/business.ts'
import { checkWorld, readWorld, type WorldState } from './support/check.ts'
import { businessWatch, twoRegions } from './support/documents.ts'
import { startStack, type Stack } from './support/stack.ts'

const local = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 19)

/** A freeze in UTC from an hour ago until then. */
const until = (name: string, end: number) => ({
  name,
  timeZone: 'UTC',
  reason: 'nobody is at work',
  between: { from: local(Date.now() - 3_600_000), until: local(end) },
})

describe('freezes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-freeze-'))
  const file = join(folder, 'calendar.yaml')
  const calendar = (...freezes: readonly object[]): void =>
    writeFileSync(file, JSON.stringify({ apiVersion: 'sluice/v1', kind: 'Calendar', freezes }))
  let stack: Stack
  let before: WorldState
  let stopReports = (): void => undefined

  beforeAll(async () => {
    calendar()
    const artifact = await packModel('good')
    stack = await startStack({
      versions: [37, 38].map((version) => ({ version, artifact })),
      workerEnv: { SLUICE_CALENDAR_FILE: file },
    })
  })
  afterEach(() => {
    calendar()
    stopReports()
  })
  afterAll(async () => {
    await stack.close()
    rmSync(folder, { recursive: true })
  })

  const say = (id: string, verb: string, body: object = {}, person: 'zoe' | 'mia' = 'mia') =>
    stack.ask(person, 'POST', `/v1/rollouts/${id}/${verb}`, body)
  const served = () => [
    `${stack.accounts.prodEu}/eu-west-1/fraud-scorer`,
    `${stack.accounts.prodWorld}/us-east-1/fraud-scorer`,
  ]
  const frozen = (id: string) => stack.until(id, (view) => view.gate?.id.startsWith('freeze/') ?? false, 60)

  test('stop a rollout before its traffic moves; a reason breaks them, and nothing else does', async () => {
    before = await readWorld(stack)
    calendar(until('year end', Date.now() + 3_600_000))
    const id = await stack.start(twoRegions({ accounts: stack.accounts }))
    const waiting = await frozen(id)
    expect(waiting.findings.map(({ code }) => code)).toContain('frozen')
    expect(waiting).toMatchObject({
      phase: 'AwaitingDecision',
      gate: { id: 'freeze/year end', needsReason: true },
    })
    expect(waiting.message).toMatch(/nobody is at work/)
    expect(waiting.targets.map(({ asked }) => asked)).toEqual([0, 0])

    expect(await say(id, 'approve')).toMatchObject({
      status: 409,
      body: { detail: expect.stringMatching(/reason/) },
    })
    expect((await say(id, 'approve', { comment: 'I may not' }, 'zoe')).status).toBe(403)
    expect((await say(id, 'promote-full')).status).toBe(409)
    expect(await say(id, 'approve', { comment: 'the fix for the outage' })).toMatchObject({ status: 200 })

    const moving = await stack.until(id, (view) => view.targets.some(({ actual }) => actual > 0))
    expect(moving.decisions.at(-1)).toMatchObject({
      verb: 'approve',
      by: 'mia',
      comment: 'the fix for the outage',
    })
    expect((await say(id, 'abort', {}, 'zoe')).status).toBe(200)
    expect(await stack.ended(id), 'an abort is exempt').toMatchObject({ outcome: 'Aborted' })
    await checkWorld(stack, before)
  })

  test('that begin between two shifts hold the second back, and end by themselves', async () => {
    before = await readWorld(stack)
    const id = await stack.start(twoRegions({ accounts: stack.accounts }))
    await stack.until(id, (view) => view.targets.some(({ actual }) => actual === 10))
    calendar({ ...until('sale', Date.now() + 3_600_000), models: ['fraud-*'] })
    const waiting = await frozen(id)
    expect(Math.max(...waiting.targets.map(({ actual }) => actual))).toBe(10)
    calendar()
    const view = await stack.ended(id)
    expect(view).toMatchObject({ outcome: 'Succeeded' })
    expect(view.timeline.map(({ text }) => text)).toContain('the freeze is over: “sale”')
    await checkWorld(stack, before, { fresh: served() })
  })

  test('never keep a rollout from going back', async () => {
    before = await readWorld(stack)
    const document = twoRegions({
      accounts: stack.accounts,
      version: 37,
      production: { watch: businessWatch },
    })
    const id = await stack.start(document)
    await stack.until(id, (view) => view.targets.some(({ actual }) => actual === 10))
    calendar(until('sale', Date.now() + 3_600_000))
    await frozen(id)
    stopReports = await reportChargebacks(stack, 'eu-west-1', 0.9)
    expect(await stack.ended(id)).toMatchObject({ outcome: 'RolledBack' })
    await checkWorld(stack, before)
    stopReports()
    await stack.quiet('eu-west-1')
  })

  test('of the document itself end at their time; an emergency goes through them and says so', async () => {
    before = await readWorld(stack)
    const soon = Math.ceil(Date.now() / 1_000) * 1_000 + 25_000
    const patient = await stack.start(
      twoRegions({ accounts: stack.accounts, version: 37, production: { freezes: [until('lunch', soon)] } }),
    )
    await frozen(patient)
    const view = await stack.until(patient, (now) => now.targets.some(({ actual }) => actual > 0))
    const moved = view.steps.find(({ kind, state }) => kind === 'shift' && state !== 'Pending')
    expect(Date.parse(moved?.startedAt ?? '')).toBeGreaterThanOrEqual(soon)
    await say(patient, 'abort', {}, 'zoe')
    await stack.ended(patient)

    const urgent = {
      ...twoRegions({
        accounts: stack.accounts,
        version: 37,
        production: { freezes: [until('night', Date.now() + 3_600_000)] },
      }),
      emergency: { reason: 'stable is broken', skip: ['freeze', 'bake'] },
    }
    const started = await stack.ask<{ id: string }>('mia', 'POST', '/v1/rollouts', urgent)
    expect(started.status, JSON.stringify(started.body)).toBe(202)
    const ended = await stack.ended(started.body.id)
    expect(ended.outcome).toBe('Succeeded')
    expect(ended.timeline.map(({ text }) => text)).toContain(
      'freeze “night” is broken by the emergency: stable is broken',
    )
    await checkWorld(stack, before, { fresh: served() })
  })
})
