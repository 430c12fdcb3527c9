import type { Document } from '../document/types.ts'
import { formatDuration } from '../duration.ts'
import type { PlanContext } from './context.ts'
import { labelTargets } from './labels.ts'
import { replicationSteps } from './replication-steps.ts'
import type { Replication } from './replication.ts'
import { stagingSteps } from './staging-steps.ts'
import type { StepDraft } from './step-draft.ts'
import { askWhom } from './step-draft.ts'
import type { PlannedStep, PlannedTarget } from './types.ts'
import { waveSteps } from './wave-steps.ts'

function approvalSteps(document: Document): StepDraft[] {
  const { approval, emergency } = document
  if (!approval || emergency?.skip.includes('approval')) return []
  return [{ id: 'approval', kind: 'approval', title: `wait for ${askWhom(approval)}`, targets: [], approval }]
}

function prepareStep(context: PlanContext, targets: readonly PlannedTarget[], wave?: number): StepDraft {
  const keys = targets.map(({ key }) => key)
  const creates = targets.every(({ action }) => action === 'create')
  const what = creates
    ? `create the endpoint with v${context.version}`
    : `prepare v${context.version} beside stable, without traffic`
  return {
    id: wave === undefined ? 'prepare' : `wave-${wave}/prepare`,
    kind: 'prepare',
    title: `${labelTargets(context, keys, wave)}: ${what}`,
    targets: keys,
    ...(wave === undefined ? {} : { wave }),
  }
}

/** Targets by wave, in order. */
export function wavesOf(targets: readonly PlannedTarget[]): readonly (readonly [number, PlannedTarget[]])[] {
  const byWave = new Map<number, PlannedTarget[]>()
  for (const target of targets)
    byWave.set(target.wave ?? 1, [...(byWave.get(target.wave ?? 1) ?? []), target])
  return [...byWave].toSorted(([a], [b]) => a - b)
}

function productionSteps(context: PlanContext, targets: readonly PlannedTarget[]): StepDraft[] {
  const { production, record } = context.document
  const keys = targets.map(({ key }) => key)
  const waves = wavesOf(targets)
  const allFirst = production.prepare === 'allFirst'
  const stableNames = [...new Set(targets.map(({ stableVariant }) => stableVariant))]
  return [
    {
      id: 'lock',
      kind: 'lock',
      title: `take the ${keys.length === 1 ? 'lock' : `${keys.length} locks`} and check everything again`,
      targets: keys,
    },
    ...(allFirst ? [prepareStep(context, targets)] : []),
    ...waves.flatMap(([wave, members], index) => [
      ...(allFirst ? [] : [prepareStep(context, members, wave)]),
      ...waveSteps(context, wave, members, index === waves.length - 1),
    ]),
    {
      id: 'promoted',
      kind: 'promoted',
      title:
        production.keepPrevious === 0
          ? 'commit without keeping the previous version'
          : `keep the previous version ready for ${formatDuration(production.keepPrevious)}`,
      targets: keys,
      duration: production.keepPrevious,
    },
    {
      id: 'commit',
      kind: 'commit',
      title: `${labelTargets(context, keys)}: commit v${context.version} as ${stableNames.length === 1 ? stableNames[0] : 'the stable variant'}`,
      targets: keys,
    },
    ...recordSteps(record),
  ]
}

function recordSteps(record: Document['record']): StepDraft[] {
  return record
    ? [{ id: 'record', kind: 'record', title: `write the record to ${record.to}`, targets: [] }]
    : []
}

function restoreSteps(context: PlanContext, targets: readonly PlannedTarget[]): StepDraft[] {
  const keys = targets.map(({ key }) => key)
  const configs = [...new Set(targets.flatMap(({ restoreConfig }) => restoreConfig ?? []))]
  const where = configs.length === 1 ? configs[0] : 'the previous configs'
  return [
    {
      id: 'lock',
      kind: 'lock',
      title: `take the ${keys.length === 1 ? 'lock' : `${keys.length} locks`} and check everything again`,
      targets: keys,
    },
    {
      id: 'restore',
      kind: 'commit',
      title: `${labelTargets(context, keys)}: go back to ${where}`,
      targets: keys,
    },
    ...recordSteps(context.document.record),
  ]
}

/** The numbered steps, in the order in which they run; these titles are what every screen shows. */
export function planSteps(
  context: PlanContext,
  sorted: readonly PlannedTarget[],
  replication: Replication,
  staging: PlannedTarget | undefined,
): readonly PlannedStep[] {
  // People read the document's order; only locks are taken in the order of keys.
  const order = context.production.map(({ target }) => target.key)
  const targets = sorted.toSorted((a, b) => order.indexOf(a.key) - order.indexOf(b.key))
  const preflight: StepDraft = {
    id: 'preflight',
    kind: 'preflight',
    title: 'check the package, accounts, endpoints and alarms',
    targets: [],
  }
  const drafts = context.restore
    ? [preflight, ...restoreSteps(context, targets)]
    : [
        preflight,
        ...replicationSteps(context, replication),
        ...(staging ? stagingSteps(context, staging) : []),
        ...approvalSteps(context.document),
        ...productionSteps(context, targets),
      ]
  return drafts.map((draft, index) => ({ number: index + 1, ...draft }))
}
