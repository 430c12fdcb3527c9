import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packModel, readGolden } from '../examples/model/pack.ts'
import type { Phase } from '../rollout/phases.ts'
import { reportChargebacks } from './support/business.ts'
import { checkWorld, readWorld, type WorldState } from './support/check.ts'
import { approval, businessWatch, staging, twoRegions } from './support/documents.ts'
import { startStack, type Stack } from './support/stack.ts'

/** How a rollout comes to a phase and stays there for a while. */
interface Way {
  /** Laid over the document. */
  readonly document?: (stack: Stack) => Record<string, unknown>
  readonly production?: Readonly<Record<string, unknown>>
  /** Before the start. */
  readonly before?: (stack: Stack) => Promise<void>
  /** From the start until the phase is there. */
  readonly lead?: (stack: Stack, id: string) => Promise<void>
}

const slow = (operation: string) => async (stack: Stack) =>
  stack.arm({ kind: 'slow', operation, with: { ms: 2_000 }, forMs: 60_000 })

const ways: Partial<Record<Phase, Way>> = {
  Preflight: { before: slow('ListServiceQuotas') },
  Promoting: {
    document: () => ({
      promote: { to: { account: 'prod-eu', region: 'eu-west-1', group: 'fraud-scorer-approved' } },
    }),
    before: slow('CreateModelPackage'),
  },
  Staging: { document: ({ accounts }) => ({ staging: staging(accounts, '1') }) },
  AwaitingDecision: {
    production: { strategy: { steps: [{ weight: 5 }, { bake: '4m' }, { approval }, { weight: 50 }] } },
  },
  Paused: {
    lead: async (stack, id) => {
      await stack.until(id, (view) => view.phase === 'Baking')
      expect((await stack.ask('zoe', 'POST', `/v1/rollouts/${id}/pause`, {})).status).toBe(200)
    },
  },
  Held: {
    production: { onFailure: 'hold' },
    lead: async (stack, id) => {
      await stack.until(id, (view) => view.phase === 'Baking')
      const stop = await reportChargebacks(stack, 'eu-west-1', 0.9)
      await stack.until(id, (view) => view.phase === 'Held').finally(stop)
    },
  },
}

describe('an abort', () => {
  let stack: Stack
  let before: WorldState

  beforeAll(async () => {
    const artifact = await packModel('good')
    stack = await startStack({
      golden: await readGolden(),
      versions: [37, 38, 39].map((version) => ({ version, artifact })),
    })
    before = await readWorld(stack)
  })
  afterAll(() => stack.close())

  const abort = async (id: string): Promise<void> => {
    const answer = await stack.ask('zoe', 'POST', `/v1/rollouts/${id}/abort`, { comment: 'never mind' })
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200 })
  }

  const document = ({ document: more, production }: Way) =>
    twoRegions({
      accounts: stack.accounts,
      ...more?.(stack),
      production: { watch: businessWatch, ...production },
    })

  test.each(Object.entries(ways))('in %s puts everything back', async (phase, way) => {
    await way.before?.(stack)
    const id = await stack.start(document(way))
    await way.lead?.(stack, id)
    await stack.until(id, (view) => view.phase === phase)
    await abort(id)
    stack.sandbox.world.faults.clear()
    expect(await stack.ended(id)).toMatchObject({
      outcome: 'Aborted',
      reason: 'aborted by zoe: never mind',
    })
    await stack.quiet('eu-west-1')
    await checkWorld(stack, before)
  })

  test('while the locks are held and nothing has begun says that every target is as it was', async () => {
    await slow('ListServiceQuotas')(stack)
    const id = await stack.start(document({}))
    await stack.until(
      id,
      ({ targets }) => targets.length === 2 && targets.every(({ state }) => state === 'Locked'),
    )
    await abort(id)
    stack.sandbox.world.faults.clear()
    const { outcome, targets } = await stack.ended(id)
    expect([outcome, ...targets.map(({ state }) => state)]).toEqual(['Aborted', 'Pending', 'Pending'])
    await checkWorld(stack, before)
  })

  test('in Queued ends without ever having had the lock, and the holder goes on', async () => {
    const first = await stack.start(document({}))
    await stack.until(first, (view) => view.phase === 'Baking')
    const second = await stack.start({ ...document({}), whenBusy: 'queue' })
    await stack.until(second, (view) => view.phase === 'Queued')
    await abort(second)
    expect((await stack.ended(second)).outcome).toBe('Aborted')
    expect((await stack.view(first)).outcome).toBeUndefined()
    await abort(first)
    expect((await stack.ended(first)).outcome).toBe('Aborted')
    await checkWorld(stack, before)
  })
})
