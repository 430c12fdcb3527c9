import type { Plan, PlannedStep } from '../../rollout/plan/types.ts'
import type { Phase } from '../../rollout/phases.ts'
import { copy, poll, sweep } from '../activities.ts'
import { problemOf } from '../problem.ts'
import { bake, holdPromoted } from './bake.ts'
import { halt } from './control.ts'
import { takeLocks } from './locks.ts'
import { commitAll } from './commit.ts'
import { orderAll } from './orders.ts'
import type { RolloutRun } from './run.ts'

/** Copies that run side by side; AWS throttles well before a machine does. */
const copiesAtOnce = 4

/** Runs one step of the plan, or a group of copies that may run together. Each kind of step is one function. */
export async function perform(run: RolloutRun, step: PlannedStep): Promise<void> {
  switch (step.kind) {
    case 'preflight':
      return
    case 'replicate-artifact':
    case 'replicate-image':
      return replicate(run, step)
    case 'promote':
      return promote(run)
    case 'staging-deploy':
      return deployStaging(run)
    case 'staging-test':
      return testStaging(run, step)
    case 'staging-cleanup':
      return cleanUpStaging(run)
    case 'approval':
      return ask(run, step, 'approval', 'AwaitingApproval')
    case 'gate':
      return ask(run, step, 'step', 'AwaitingDecision')
    case 'lock':
      return lock(run)
    case 'prepare':
      run.state.enter('Preparing', step.title)
      return orderAll(run, step, (key) => ({ kind: 'prepare', target: run.planned(key) }))
    case 'shift':
      run.state.enter('Shifting', step.title)
      return orderAll(run, step, () => ({ kind: 'shift', weight: step.weight ?? 100 }))
    case 'bake':
      return bake(run, step)
    case 'promoted':
      return holdPromoted(run, step)
    case 'commit':
      return commitAll(run, step)
    case 'record':
      return
  }
}

/** Steps that run together with `step`: neighbouring copies. */
export function companions(run: RolloutRun, step: PlannedStep): readonly PlannedStep[] {
  if (step.kind !== 'replicate-artifact' && step.kind !== 'replicate-image') return [step]
  const waiting = run.plan.steps.filter(
    (one) =>
      one.kind === step.kind && run.state.step(one.id)?.state === 'Pending' && one.number >= step.number,
  )
  const neighbours = waiting.filter((one, index) => one.number === step.number + index)
  return neighbours.slice(0, copiesAtOnce)
}

async function replicate(run: RolloutRun, step: PlannedStep): Promise<void> {
  const { rolloutId } = run.input
  run.state.enter('Replicating', step.title)
  const artifact = step.kind === 'replicate-artifact' ? run.plan.artifacts[step.copy ?? -1] : undefined
  const image = step.kind === 'replicate-image' ? run.plan.images[step.copy ?? -1] : undefined
  const copies = copy(run.clock, step.title, step.id)
  const result = artifact
    ? await copies.copyArtifact({ rolloutId, copy: artifact })
    : image
      ? await copies.copyImage({ rolloutId, copy: image })
      : undefined
  if (!result) return
  if (artifact || image?.mode === 'copy') run.state.keep(result.destination)
  run.state.mark(
    step.id,
    'Running',
    `${result.objects} ${result.objects === 1 ? 'object' : 'objects'}, ${result.bytes} bytes, ${result.skipped} there already`,
  )
}

async function promote(run: RolloutRun): Promise<void> {
  const { promote: planned } = run.plan
  if (!planned) return
  run.state.enter('Promoting', `registering the package in ${planned.group}`)
  const { rolloutId } = run.input
  const registered = await sweep(run.clock, `register the package in ${planned.group}`).registerPackage({
    rolloutId,
    source: run.source,
    promote: planned,
    rewrites: planned.rewrites,
  })
  run.state.keep(registered.arn)
}

async function deployStaging(run: RolloutRun): Promise<void> {
  const { staging } = run.plan
  if (!staging) return
  run.state.enter('Staging', `deploying ${staging.endpoint}`)
  await takeLocks(run, [staging])
  run.state.enter('Staging', `deploying ${staging.endpoint}`)
  await run.fleet.order(staging.key, { kind: 'swap', target: staging })
}

async function testStaging(run: RolloutRun, step: PlannedStep): Promise<void> {
  const { staging } = run.plan
  const test = run.input.document.staging?.tests[step.test ?? -1]
  if (!staging || !test) return
  run.state.enter('Staging', step.title)
  const input = {
    rolloutId: run.input.rolloutId,
    target: staging,
    test,
    step: step.number,
    package: run.input.document.model.package,
    from: run.source.place,
  }
  const result =
    test.kind === 'http'
      ? await poll(run.clock, step.title).runHttpTest({
          ...input,
          http: test.http,
          deadline: Date.now() + run.clock.real(test.http.timeout),
        })
      : await copy(run.clock, step.title).runTest(input)
  run.state.measured(result.measurements)
  run.state.mark(step.id, 'Running', result.message)
  if (!result.passed) halt('technical', `staging test "${test.name}" failed: ${result.message}`)
}

async function cleanUpStaging(run: RolloutRun): Promise<void> {
  const { staging } = run.plan
  if (!staging) return
  const keep = run.input.document.staging?.afterwards === 'keep'
  run.state.enter('Staging', keep ? 'the staging endpoint is kept' : 'putting staging back')
  await run.fleet.order(
    staging.key,
    keep ? { kind: 'keep' } : { kind: 'revert', why: 'the staging tests are over' },
  )
  const ended = await run.fleet.ended(staging.key)
  if (ended === 'lost') halt('NeedsHuman', `the workflow that held ${staging.key} was ended from outside`)
}

async function ask(
  run: RolloutRun,
  step: PlannedStep,
  kind: 'approval' | 'step',
  phase: Phase,
): Promise<void> {
  if (run.control.skipAll && kind !== 'approval')
    return run.state.mark(step.id, 'Skipped', 'all gates are skipped')
  run.state.mark(step.id, 'Waiting')
  await run.gates.ask(
    { id: step.id, kind, title: step.title, why: 'a person must decide', approval: step.approval },
    phase,
  )
}

/** All production locks together; then everything is read again, because an approval may have waited for days. */
async function lock(run: RolloutRun): Promise<void> {
  run.state.enter('Preflight', 'taking all production locks')
  await takeLocks(run, run.plan.targets)
  run.state.enter('Preflight', 'reading AWS again under the locks')
  const before = run.plan
  const now = await readPlan(run)
  // A plan that was made while another rollout held a target promised nothing about it yet.
  const provisional = before.findings.some((finding) => finding.code === 'target-busy')
  const approved = run.input.document.approval !== undefined
  if (now.digest !== before.digest && (approved || !provisional)) {
    await run.gates.ask(
      {
        id: 'plan-changed',
        kind: 'plan-changed',
        title: 'the plan changed',
        why: changes(before, now),
        approval: run.input.document.approval,
      },
      'AwaitingDecision',
    )
  }
  run.adopt(now)
}

/** Reads AWS and plans; a plan with errors stops the rollout before anything is touched. */
export async function readPlan(run: RolloutRun): Promise<Plan> {
  const { rolloutId, document, undoes } = run.input
  let plan: Plan
  try {
    plan = await sweep(run.clock, 'read AWS and plan').readPlan({
      rolloutId,
      document,
      ...(undoes === undefined ? {} : { undoes }),
    })
  } catch (error) {
    return halt('technical', `the plan could not be made: ${problemOf(error).message}`)
  }
  const errors = plan.findings.filter((finding) => finding.severity === 'error')
  if (errors.length > 0) {
    if (!run.state.plan) run.adopt(plan)
    halt('technical', errors.map((finding) => `${finding.message} (${finding.cure})`).join('; '))
  }
  return plan
}

function changes(before: Plan, now: Plan): string {
  const known = new Set(
    before.targets.flatMap((target) => target.differences.map((text) => `${target.key}: ${text}`)),
  )
  const fresh = now.targets
    .flatMap((target) => target.differences.map((text) => `${target.key}: ${text}`))
    .filter((text) => !known.has(text))
  const steps =
    now.steps.length === before.steps.length
      ? ''
      : ` The plan has ${now.steps.length} steps instead of ${before.steps.length}.`
  return `since the plan was made, AWS has changed.${steps} ${fresh.join('; ') || 'What is there now is not what was planned for.'}`
}
