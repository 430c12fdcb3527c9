import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packModel } from '../examples/model/pack.ts'
import type { RolloutView } from '../rollout/view.ts'
import { startApiServer, type ApiServer } from './campaign/api-server.ts'
import { reportChargebacks } from './support/business.ts'
import { checkWorld, readWorld, type WorldState } from './support/check.ts'
import { approval, businessWatch, twoRegions } from './support/documents.ts'
import { askAt, tokenOf } from './support/start-stack.ts'
import { startStack, type Stack } from './support/stack.ts'

const preload = [new URL('./support/stepping-clock.js', import.meta.url).href]
const minute = 60_000

describe('while the clocks of worker and API are set back and forth by hours', () => {
  let stack: Stack
  let api: ApiServer
  let before: WorldState

  beforeAll(async () => {
    const artifact = await packModel('good')
    stack = await startStack({
      versions: [37, 38].map((version) => ({ version, artifact })),
      // A new config is unknown for a while, which is to be waited for, whatever the clock says.
      sagemaker: { consistencyMs: 30_000 },
      worker: false,
    })
    await stack.startWorker({ preload })
    api = await startApiServer(stack.apiSettings, { preload })
    before = await readWorld(stack)
  })
  afterAll(async () => {
    await api.close()
    await stack.close()
  })

  const start = async (production: Record<string, unknown> = {}): Promise<string> => {
    const document = twoRegions({
      accounts: stack.accounts,
      approval,
      production: { watch: businessWatch, ...production },
    })
    const { status, body } = await askAt<{ id: string }>(api.url, 'zoe', 'POST', '/v1/rollouts', document)
    expect(status, JSON.stringify(body)).toBe(202)
    await stack.until(body.id, (view) => view.phase === 'AwaitingApproval')
    return body.id
  }
  const approve = (id: string) => askAt(api.url, 'mia', 'POST', `/v1/rollouts/${id}/approve`, {})

  /** Real milliseconds that every bake took, by the server's time. */
  const bakes = ({ steps }: RolloutView): readonly number[] =>
    steps
      .filter(({ kind }) => kind === 'bake')
      .map(({ startedAt = '', endedAt = '' }) => Date.parse(endedAt) - Date.parse(startedAt))

  test('no bake passes early or hangs, signatures count, and events arrive', async () => {
    const id = await start()
    const headers = { authorization: `Bearer ${tokenOf('vic')}` }
    const events = fetch(`${api.url}/v1/rollouts/${id}/events`, { headers }).then((answer) => answer.text())
    expect(await approve(id)).toMatchObject({ status: 200, body: { result: 'accepted' } })
    const view = await stack.ended(id)
    expect(view.outcome, view.reason).toBe('Succeeded')
    expect(view.decisions).toMatchObject([{ verb: 'approve', by: 'mia', verified: true }])
    expect(bakes(view)).toHaveLength(4)
    for (const took of bakes(view)) expect(took).toBeGreaterThanOrEqual((4 * minute) / stack.clockRate)
    expect(await events).toContain('Succeeded')
    await checkWorld(stack, before, { fresh: view.targets.map((target) => target.key) })
    before = await readWorld(stack)
  })

  test('an alarm is seen and everything is put back', async () => {
    const id = await start({ strategy: { canary: { percent: 10, bake: '20m' } } })
    await approve(id)
    await stack.until(id, (view) => view.phase === 'Baking')
    const quiet = await reportChargebacks(stack, 'eu-west-1', 0.9)
    expect((await stack.ended(id).finally(quiet)).outcome).toBe('RolledBack')
    await checkWorld(stack, before)
  })
})
