import { temporal as apis } from '@temporalio/proto'
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { findTemporalCli } from '../cli/embedded/binary.ts'
import { packModel } from '../examples/model/pack.ts'
import { lockId } from '../rollout/target.ts'
import { rolloutWorkflowId } from '../workflows/messages.ts'
import { reportChargebacks } from './support/business.ts'
import { checkWorld, readWorld, type WorldState } from './support/check.ts'
import { approval, businessWatch, twoRegions } from './support/documents.ts'
import { startStack, type Stack } from './support/stack.ts'
import type { TestWorker } from './support/worker.ts'

const run = promisify(execFile)
const { RoutingConfigUpdateState, WorkflowTaskFailedCause } = apis.api.enums.v1

const emptyStack = async (): Promise<Stack> => {
  const artifact = await packModel('good')
  return startStack({ versions: [37, 38].map((version) => ({ version, artifact })), worker: false })
}

const say = (stack: Stack, id: string, verb: string, body: object = {}) =>
  stack.ask('mia', 'POST', `/v1/rollouts/${id}/${verb}`, body)

const waiting = async (stack: Stack, production: Record<string, unknown> = {}): Promise<string> => {
  const id = await stack.start(twoRegions({ accounts: stack.accounts, approval, production }))
  await stack.until(id, (view) => view.phase === 'AwaitingApproval')
  return id
}

/** The workflows of today, changed so that what they began yesterday cannot go on. */
const incompatible = async (): Promise<string> => {
  const file = join(dirname(inject('bundle')), `incompatible-${randomUUID()}.js`)
  const code = await readFile(inject('bundle'), 'utf8')
  await writeFile(file, code.replaceAll('.readPlan(', '.findHolder('))
  return file
}

/** Whether a task of the workflow failed because its code does something else than its history says. */
const disagrees = async (stack: Stack, workflowId: string): Promise<boolean> => {
  const { events } = await stack.client.workflow.getHandle(workflowId).fetchHistory()
  return (events ?? []).some(
    ({ workflowTaskFailedEventAttributes: failed }) =>
      failed?.cause === WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR,
  )
}

/** What an operator types, as docs/operations.md says it. */
async function temporal(line: string, ...more: readonly string[]): Promise<string> {
  const { address, namespace } = inject('temporal')
  const words = [...line.split(' '), ...more, '--address', address, '--namespace', namespace]
  return (await run(await findTemporalCli(), words)).stdout
}

/** It is so at once, and known to every task queue a moment later. */
async function setCurrent(stack: Stack, deploymentName: string, build: string): Promise<void> {
  await temporal(
    `worker deployment set-current-version --yes --deployment-name ${deploymentName} --build-id ${build}`,
  )
  const request = { namespace: inject('temporal').namespace, deploymentName }
  const propagated = async () =>
    (await stack.client.workflowService.describeWorkerDeployment(request)).workerDeploymentInfo
      ?.routingConfigUpdateState
  await expect
    .poll(propagated, { timeout: 30_000 })
    .toBe(RoutingConfigUpdateState.ROUTING_CONFIG_UPDATE_STATE_COMPLETED)
}

/** The build whose worker did the last task of the workflow. */
async function buildOf(stack: Stack, workflowId: string): Promise<string | undefined> {
  const { raw } = await stack.client.workflow.getHandle(workflowId).describe()
  return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId || undefined
}

/** Plays a deploy that must not be, over a rollout that waits; `back` puts the old code in its place again. */
async function survives(
  stack: Stack,
  { wrong, back }: { readonly wrong: () => Promise<void>; readonly back: () => Promise<void> },
): Promise<void> {
  const before = await readWorld(stack)
  const id = await waiting(stack)
  await wrong()
  const decision = { decisionId: 'while-the-code-was-wrong' }
  expect((await say(stack, id, 'approve', decision)).status).toBe(503)
  await expect.poll(() => disagrees(stack, rolloutWorkflowId(id)), { timeout: 60_000 }).toBe(true)
  const { body } = await stack.ask('vic', 'GET', `/v1/rollouts/${id}`)
  expect(body).toMatchObject({ phase: 'AwaitingApproval', stale: true })
  await checkWorld(stack, before)

  await back()
  await stack.until(id, (view) => view.phase === 'Baking')
  const again = await say(stack, id, 'approve', decision)
  expect(again).toMatchObject({ status: 200, body: { result: 'already-decided' } })
  await stack.ask('zoe', 'POST', `/v1/rollouts/${id}/abort`, {})
  const { outcome, decisions } = await stack.ended(id)
  expect(outcome).toBe('Aborted')
  expect(decisions.filter((one) => one.verb === 'approve')).toHaveLength(1)
  await checkWorld(stack, before)
}

describe('a deploy of workers with a build id', () => {
  let stack: Stack
  let before: WorldState
  let deploymentName: string
  const workers = new Map<string, TestWorker>()

  beforeAll(async () => {
    stack = await emptyStack()
  })
  beforeEach(async () => {
    deploymentName = `sluice-${randomUUID().slice(0, 8)}`
    before = await readWorld(stack)
    await begin('a')
    await makeCurrent('a')
  })
  afterEach(async () => {
    await Promise.all([...workers.values()].map((worker) => worker.close()))
    workers.clear()
  })
  afterAll(() => stack.close())

  const makeCurrent = (build: string) => setCurrent(stack, deploymentName, build)
  const begin = async (buildId: string, bundle = inject('bundle')): Promise<void> => {
    workers.set(buildId, await stack.startWorker({ version: { deploymentName, buildId }, bundle }))
  }
  const stop = async (build: string): Promise<void> => {
    await workers.get(build)?.close()
    workers.delete(build)
  }
  const openOn = (build: string): Promise<string> =>
    temporal(
      'workflow list --query',
      `TemporalWorkerDeploymentVersion = '${deploymentName}:${build}' AND ExecutionStatus = 'Running'`,
    )

  test('takes over what waits and what comes, as soon as its build is made the current one', async () => {
    const old = await waiting(stack)
    await begin('b')
    const between = await waiting(stack)
    expect(await buildOf(stack, rolloutWorkflowId(between)), 'b is not current yet').toBe('a')
    await say(stack, between, 'reject')
    await stack.ended(between)

    await makeCurrent('b')
    const young = await waiting(stack)
    expect(await buildOf(stack, rolloutWorkflowId(young))).toBe('b')
    await say(stack, young, 'reject')
    await stop('a')
    await say(stack, old, 'approve')
    const { outcome, targets } = await stack.ended(old)
    expect(outcome).toBe('Succeeded')
    expect(await buildOf(stack, rolloutWorkflowId(old))).toBe('b')
    expect(await openOn('a')).not.toContain('rollout/')
    const { body } = await stack.ask('vic', 'GET', `/v1/rollouts/${between}`)
    expect(body, 'what ended on the old build can still be read').toMatchObject({
      outcome: 'Rejected',
      stale: false,
    })
    await checkWorld(stack, before, { fresh: targets.map((target) => target.key) })
  })

  test('in the middle of a bake does not interrupt the watch: the new build sees the alarm', async () => {
    const bake = { strategy: { canary: { percent: 10, bake: '2h' } }, watch: businessWatch }
    const id = await waiting(stack, bake)
    await say(stack, id, 'approve')
    await stack.until(id, (view) => view.phase === 'Baking')
    await begin('b')
    await makeCurrent('b')
    await stop('a')
    const quiet = await reportChargebacks(stack, 'eu-west-1', 0.9)
    const view = await stack.ended(id).finally(quiet)
    expect(view).toMatchObject({ outcome: 'RolledBack', reason: expect.stringContaining('ChargebackRate') })
    await stack.quiet('eu-west-1')
    await checkWorld(stack, before)
  })

  test('leaves a rollout that is pinned, and its endpoints, to the old build until it ends', async () => {
    const id = await waiting(stack)
    await temporal(
      `workflow update-options --workflow-id ${rolloutWorkflowId(id)} --versioning-override-behavior pinned ` +
        `--versioning-override-deployment-name ${deploymentName} --versioning-override-build-id a`,
    )
    await begin('b')
    await makeCurrent('b')
    await say(stack, id, 'approve')
    const { targets } = await stack.until(id, (view) => view.phase === 'Baking')
    expect(await openOn('a')).toContain(rolloutWorkflowId(id))
    for (const { key } of targets) expect(await buildOf(stack, lockId(key))).toBe('a')
    await stack.ask('zoe', 'POST', `/v1/rollouts/${id}/abort`, {})
    expect((await stack.ended(id)).outcome).toBe('Aborted')
    expect(await buildOf(stack, rolloutWorkflowId(id))).toBe('a')
    await checkWorld(stack, before)
  })

  test('of code that cannot go on stops rollouts where they are; making the old build current again heals them', async () => {
    await survives(stack, {
      wrong: async () => {
        await begin('wrong', await incompatible())
        await makeCurrent('wrong')
      },
      back: () => makeCurrent('a'),
    })
  })
})

describe('a deploy of workers without a build id', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await emptyStack()
  })
  beforeEach(() => stack.startWorker())
  afterEach(() => stack.killWorker())
  afterAll(() => stack.close())

  test('of code that cannot go on stops rollouts where they are; the old workers heal them', async () => {
    await survives(stack, {
      wrong: async () => {
        await stack.killWorker()
        await stack.startWorker({ bundle: await incompatible() })
      },
      back: async () => {
        await stack.killWorker()
        await stack.startWorker()
      },
    })
  })

  test('may be followed by the first one with a build id, which takes everything over', async () => {
    const old = await waiting(stack)
    const version = { deploymentName: `sluice-${randomUUID().slice(0, 8)}`, buildId: 'first' }
    await stack.startWorker({ version })
    const between = await waiting(stack)
    expect(await buildOf(stack, rolloutWorkflowId(between)), 'it is not current yet').toBeUndefined()
    await setCurrent(stack, version.deploymentName, version.buildId)
    for (const id of [old, between]) {
      await say(stack, id, 'reject')
      expect((await stack.ended(id)).outcome).toBe('Rejected')
      expect(await buildOf(stack, rolloutWorkflowId(id))).toBe('first')
    }
  })
})
