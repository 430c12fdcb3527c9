import {
  ApplicationFailure,
  condition,
  proxyActivities,
  setHandler,
  upsertMemo,
  upsertSearchAttributes,
} from '@temporalio/workflow'
import type { Outcome, Phase } from '../../rollout/phases.ts'
import { verbs } from '../../rollout/phases.ts'
import type { Finding, Plan } from '../../rollout/plan/types.ts'
import { targetKey } from '../../rollout/target.ts'
import { judgeVerb } from '../../rollout/verbs.ts'
import type { Decision, RolloutView, TimelineEntry } from '../../rollout/view.ts'
import { planQuery, signals, stateQuery, updates } from '../../workflows/messages.ts'
import type { Message, MessageAnswer, PlanInput, RolloutInput } from '../../workflows/messages.ts'
import type { RolloutResult } from '../../workflows/rollout/finish.ts'
import { searchAttributes } from '../../workflows/search-attributes.ts'

/**
 * The smallest workflows that keep the API's contract: they wait for decisions and touch no AWS. The document's name says
 * what the plan finds; `approve` ends a rollout Succeeded, `abort` ends it Aborted, `pause` never answers.
 */
export async function plan(input: PlanInput): Promise<Plan> {
  const { name } = input.document
  if (name === 'unplannable') throw ApplicationFailure.nonRetryable('the account cannot be entered', 'Denied')
  if (name === 'slow') await condition(() => false, '5m')
  return makePlan(input, findingsFor(name))
}

const { copyArtifact } = proxyActivities<{ copyArtifact(): Promise<void> }>({
  startToCloseTimeout: '1h',
  heartbeatTimeout: '1m',
})

export async function rollout(input: RolloutInput): Promise<Pick<RolloutResult, 'restore'>> {
  const { document, rolloutId, startedBy } = input
  const made = makePlan(input, [])
  const timeline: TimelineEntry[] = []
  const decisions: Decision[] = []
  let phase: Phase = 'AwaitingApproval'
  let outcome: Outcome | undefined
  let version = 0
  const note = (text: string): void => {
    timeline.push({ seq: timeline.length + 1, at: new Date().toISOString(), kind: 'note', text })
    version += 1
  }
  note('began\r\nwith two lines')

  const view = (): RolloutView => ({
    id: rolloutId,
    name: document.name,
    title: made.title,
    package: document.model.package,
    version,
    phase,
    message: outcome ?? 'waits for approval',
    since: '2026-11-21T10:00:00.000Z',
    startedAt: '2026-11-21T10:00:00.000Z',
    startedBy: startedBy.name,
    ...(outcome ? { outcome } : {}),
    paused: false,
    steps: [
      {
        number: 1,
        id: 'replicate',
        title: 'copy',
        kind: 'replicate-artifact',
        state: 'Running',
        targets: [],
      },
    ],
    targets: made.targets.map((target) => ({
      key: target.key,
      account: target.account,
      accountId: target.accountId,
      region: target.region,
      endpoint: target.endpoint,
      wave: 1,
      action: 'update',
      state: outcome === 'Succeeded' ? 'Committed' : 'Watched',
      message: '',
      stable: 'AllTraffic',
      candidate: 'c-12345678',
      asked: 10,
      actual: 10,
      weights: [],
      since: '2026-11-21T10:05:00.000Z',
    })),
    decisions,
    timeline,
    measurements: [],
    findings: [],
    instructions: [],
    kept: [],
    links: input.undoes ? { undoes: input.undoes } : {},
    legal: outcome === 'Succeeded' ? ['undo'] : ['approve', 'abort'],
  })
  const receive = async (message: Message, verified: boolean): Promise<MessageAnswer> => {
    if (message.verb === 'pause') await condition(() => false, '1h')
    const known = decisions.find(({ id, verb }) => id === message.decisionId && verb === message.verb)
    if (known) return { result: 'already-decided', phase, message: known.result }
    decisions.push({
      id: message.decisionId,
      verb: message.verb,
      by: message.by.name,
      verified,
      at: message.at,
      result: 'accepted',
      ...(message.comment === undefined ? {} : { comment: message.comment }),
    })
    note(`${message.verb} by ${message.by.name}`)
    if (message.verb === 'approve') outcome = 'Succeeded'
    if (message.verb === 'abort') outcome = 'Aborted'
    return { result: 'accepted', phase, message: `${message.verb} by ${message.by.name}` }
  }
  for (const verb of verbs) {
    setHandler(updates[verb], (message) => receive(message, message.signature !== undefined), {
      validator: (message) => {
        const situation = {
          phase,
          committed: false,
          gate: { id: 'approval', kind: 'approval' },
          paused: false,
          revertingAll: false,
          finishedWaves: 0,
        } as const
        const legality = judgeVerb(message.verb, situation)
        if (!legality.legal) throw ApplicationFailure.nonRetryable(legality.reason, 'Refused')
      },
    })
    setHandler(signals[verb], async (message) => {
      await receive(message as Message, message?.signature !== undefined)
    })
  }
  setHandler(stateQuery, view)
  setHandler(planQuery, () => ({ document, plan: made }))
  upsertSearchAttributes([{ key: searchAttributes.phase, value: phase }])
  upsertMemo({ phase, summary: `${made.title} · ${phase}`, message: 'waits for approval' })
  if (document.name === 'copying') void copyArtifact().catch(() => undefined)
  await condition(() => outcome !== undefined)
  phase = 'Ended'
  note(`ended ${outcome ?? ''}`)
  upsertSearchAttributes([
    { key: searchAttributes.phase, value: phase },
    { key: searchAttributes.outcome, value: outcome as Outcome },
  ])
  upsertMemo({ phase, summary: `${made.title} · ${outcome ?? ''}`, message: 'over' })
  const left = document.name === 'first-deployment' ? [] : made.targets
  return { restore: Object.fromEntries(left.map(({ key }) => [key, 'the config before'])) }
}

function findingsFor(name: string): Finding[] {
  const finding = { message: `found by ${name}`, cure: 'repair it' }
  if (name === 'busy') return [{ severity: 'error', code: 'target-busy', ...finding }]
  if (name === 'broken') {
    return [
      { severity: 'error', code: 'package-not-approved', ...finding },
      { severity: 'warning', code: 'short-bake', ...finding },
    ]
  }
  return []
}

function makePlan({ document, rolloutId }: PlanInput, findings: readonly Finding[]): Plan {
  const targets = document.production.waves.flat().map((spec) => {
    const accountId = document.accounts[spec.account]?.id ?? ''
    const endpoint = spec.endpoint?.name ?? document.endpoint.name
    const { account, region } = spec
    return {
      key: targetKey(accountId, region, endpoint),
      account,
      accountId,
      region,
      endpoint,
      differences: [],
    }
  })
  return {
    rolloutId,
    title: `${document.name} v38`,
    clockRate: 1,
    digest: 'd',
    steps: [
      { number: 1, id: 'replicate', title: 'copy', kind: 'replicate-artifact', targets: [] },
      ...targets.map(({ key }, index) => ({
        number: index + 2,
        id: `prepare/${key}`,
        title: `prepare: candidate on ${key}, one instance of ml.m5.xlarge, after the alarms of this rollout are made`,
        kind: 'prepare' as const,
        targets: [key],
      })),
    ],
    artifacts: [],
    images: [],
    targets: targets as unknown as Plan['targets'],
    resources: [],
    findings,
    peaks: [],
    notes: [],
  }
}
