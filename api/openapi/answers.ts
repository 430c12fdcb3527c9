import { z } from 'zod'
import type { Plan } from '../../rollout/plan/types.ts'
import { outcomes, phases, verbs, type StepState } from '../../rollout/phases.ts'
import type { MessageAnswer } from '../../workflows/messages.ts'
import { noticeEvents } from '../../rollout/notices/types.ts'
import type {
  AcknowledgedAnswer,
  LiveRollout,
  MeAnswer,
  NotificationsAnswer,
  PlanAnswer,
  SignInAnswer,
  RolloutForCaller,
  RolloutLine,
  RolloutPage,
  StaleRollout,
  Started,
  TargetAnswer,
} from '../answers.ts'
import type { ProblemBody } from '../problem.ts'

/** The answers in zod, for the OpenAPI description alone. `fits` lets the compiler refuse one that has drifted. */
const fits =
  <T>() =>
  <Schema extends z.ZodType>(schema: T extends z.input<Schema> ? Schema : never): Schema =>
    schema

const time = z.iso.datetime().describe('UTC')
const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly()
const verb = z.enum(verbs)
const links = { self: z.string(), events: z.string(), plan: z.string(), temporal: z.url().optional() }
const execution = z.enum(['running', 'completed', 'failed', 'terminated', 'cancelled', 'timed-out'])
const stepStates = [
  'Pending',
  'Running',
  'Waiting',
  'Passed',
  'Failed',
  'Skipped',
  'Reverted',
] as const satisfies StepState[]

const finding = z.object({
  severity: z.enum(['error', 'warning']),
  code: z.string().describe('stable'),
  path: z.string().optional().describe('into the document'),
  target: z.string().optional(),
  message: z.string(),
  cure: z.string(),
})

export const plan = fits<Plan>()(
  z.object({
    title: z.string(),
    digest: z.string(),
    steps: list(
      z.object({
        number: z.number().int(),
        id: z.string(),
        title: z.string(),
        kind: z.string(),
        wave: z.number().int().optional(),
        targets: list(z.string()),
        weight: z.number().optional().describe('percent'),
        duration: z.number().optional().describe('milliseconds of document time'),
      }),
    ),
    targets: list(
      z.object({ key: z.string(), action: z.enum(['update', 'create']), differences: list(z.string()) }),
    ),
    resources: list(z.object({ type: z.string(), name: z.string(), place: z.string() })),
    findings: list(finding),
    peaks: list(
      z.object({ target: z.string(), instances: z.number(), instanceType: z.string(), lasts: z.string() }),
    ),
    notes: list(z.string()),
    iam: list(
      z.object({
        accountId: z.string(),
        role: z.string().nullable().describe('null: the worker’s own identity'),
        policy: z.object({ Version: z.string(), Statement: list(z.unknown()) }),
        seldom: list(z.object({ action: z.string(), when: z.string() })),
      }),
    )
      .optional()
      .describe('only with ?iam=true'),
  }),
)

const alarms = list(
  z.object({
    name: z.string(),
    state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA', 'NotFound']).describe('`NotFound`: it was deleted'),
    owner: z.enum(['rollout', 'team']).describe('made for this rollout, or there before it'),
    copyOf: z.string().optional(),
    metric: z.string().optional(),
    value: z.number().optional().describe('the last one that CloudWatch gave for its state'),
    threshold: z.number().optional(),
    comparison: z.string().optional().describe('`>`, `≥`, `<` or `≤`'),
    unit: z.literal('microseconds').optional(),
    since: time.optional(),
  }),
)

const view = {
  id: z.string(),
  name: z.string(),
  title: z.string(),
  package: z.string(),
  version: z.number().int().describe('counts up with every change'),
  phase: z.enum(phases),
  message: z.string().describe('what it does or waits for'),
  since: time,
  startedAt: time,
  startedBy: z.string(),
  endedAt: time.optional(),
  outcome: z.enum(outcomes).optional(),
  reason: z.string().optional(),
  deadline: time.optional().describe('when what is waited for ends by itself'),
  paused: z.boolean(),
  steps: list(
    z.object({
      number: z.number().int(),
      id: z.string(),
      title: z.string(),
      kind: z.string(),
      state: z.enum(stepStates),
      targets: list(z.string()),
      message: z.string().optional(),
    }),
  ),
  targets: list(
    z.object({
      key: z.string(),
      region: z.string(),
      wave: z.number().int(),
      state: z.string(),
      message: z.string(),
      asked: z.number().describe('percent of traffic on the candidate that was asked for'),
      actual: z.number().describe('percent that AWS said last'),
      weights: list(z.object({ at: time, asked: z.number(), actual: z.number() })).describe(
        'how both changed, oldest first',
      ),
    }),
  ),
  gate: z
    .object({
      id: z.string(),
      title: z.string(),
      why: z.string(),
      required: z.number(),
      from: list(z.string()),
      selfApproval: z.boolean(),
      approvals: list(z.string()),
      expiresAt: time.optional(),
    })
    .optional(),
  decisions: list(
    z.object({ id: z.string(), verb, by: z.string(), verified: z.boolean(), at: time, result: z.string() }),
  ),
  timeline: list(z.object({ seq: z.number().int(), at: time, kind: z.string(), text: z.string() })),
  measurements: list(
    z.object({
      step: z.number(),
      name: z.string(),
      value: z.number(),
      unit: z.string(),
      passed: z.boolean(),
    }),
  ),
  verdict: z
    .object({
      result: z.string(),
      target: z.string(),
      at: time,
      message: z.string(),
      cause: z
        .looseObject({ kind: z.string() })
        .describe('of kind `alarm`: alarm, metric, value, threshold, comparison, since and datapoints'),
      alarms: alarms.optional().describe('all of the target in the look that decided, red ones first'),
    })
    .optional(),
  findings: list(finding),
  instructions: list(z.string()).describe('what a person must do, when the phase is NeedsHuman'),
  kept: list(z.string()),
  legal: list(verb).describe('verbs that would be accepted now'),
}

const allowed = list(
  z.object({
    verb,
    does: z.string().describe('what it would do now'),
    needsComment: z.boolean().describe('screens ask why'),
    undoes: z.boolean().describe('it takes back what is there already'),
  }),
).describe('what the credential that asks could do now')

export const liveRollout = fits<Extract<RolloutForCaller, LiveRollout>>()(
  z.object({
    ...view,
    allowed,
    stale: z.literal(false),
    execution,
    progress: list(
      z.object({
        activity: z.string(),
        activityId: z.string(),
        step: z.number().optional(),
        objects: z.number(),
        objectsTotal: z.number(),
        bytes: z.number(),
        bytesTotal: z.number(),
      }),
    ),
    retrying: list(
      z.object({
        activity: z.string(),
        attempt: z.number(),
        failure: z.string(),
        nextAttemptAt: time.optional(),
      }),
    ),
    alarms: list(
      z.object({
        target: z.string(),
        alarms,
        blind: z.object({ since: time, error: z.string() }).optional(),
      }),
    ).describe('what the watch over each target saw last, red ones first; targets with traffic only'),
    links: z.object({
      ...links,
      supersededBy: z.string().optional(),
      supersedes: z.string().optional(),
      undoes: z.string().optional(),
      undoneBy: z.string().optional(),
    }),
  }),
)

const line = {
  id: z.string(),
  name: z.string().describe('`name` of the document'),
  summary: z.string(),
  phase: z.enum(phases),
  message: z.string(),
  since: time.describe('since when it is in this phase'),
  outcome: z.enum(outcomes).optional(),
  package: z.string(),
  startedBy: z.string(),
  startedAt: time,
  endedAt: time.optional(),
  targets: list(z.string()).describe(
    'Keys; none of a rollout with so many that Temporal cannot list them. Its own state has them all.',
  ),
  undoes: z.string().optional(),
  execution,
}

export const rolloutLine = fits<RolloutLine>()(z.object(line))

export const staleRollout = fits<Extract<RolloutForCaller, StaleRollout>>()(
  z.object({ ...line, allowed, stale: z.literal(true), staleBecause: z.string(), links: z.object(links) }),
)

export const rollout = z.discriminatedUnion('stale', [liveRollout, staleRollout])

export const rolloutPage = fits<RolloutPage>()(
  z.object({ rollouts: list(rolloutLine), next: z.string().optional().describe('cursor of the next page') }),
)

export const started = fits<Started>()(
  z.object({ id: z.string(), links: z.object(links), repeated: z.boolean(), plan: plan.optional() }),
)

export const planAnswer = fits<PlanAnswer>()(
  z.object({
    document: z.unknown().describe('the document with its defaults filled in'),
    plan: plan.nullable(),
  }),
)

export const verbAnswer = fits<MessageAnswer & { decisionId: string }>()(
  z.object({
    result: z.enum(['accepted', 'already-decided']),
    phase: z.enum(phases),
    message: z.string(),
    decisionId: z.string(),
  }),
)

export const acknowledged = fits<AcknowledgedAnswer>()(
  z.object({
    result: z.enum(['accepted', 'already-decided']),
    message: z.string(),
    decisionId: z.string(),
  }),
)

export const notifications = fits<NotificationsAnswer>()(
  z.object({
    configured: z
      .boolean()
      .describe('false: nobody is told, because nothing was configured when the rollout was started'),
    deliveries: list(
      z.object({
        id: z.string(),
        notice: z.string().describe('event id; the same however often it is sent'),
        event: z.enum(noticeEvents),
        channel: z.string(),
        state: z.enum(['pending', 'delivered', 'gave-up']),
        attempts: z.number().int().optional(),
        since: time,
        endedAt: time.optional(),
        lastError: z.string().optional(),
      }),
    ),
    showings: list(
      z.object({
        channel: z.string(),
        ts: z.string().optional().describe('Slack’s name of the message; absent until it is posted'),
        shows: z.number().optional().describe('`version` of the rollout that it shows'),
        lastError: z.string().optional(),
      }),
    ),
    acknowledgements: list(
      z.object({ trouble: z.string(), by: z.string(), at: time, comment: z.string().optional() }),
    ),
    unacknowledged: z.boolean().describe('the rollout needs a person, and nobody has acknowledged it yet'),
  }),
)

export const target = fits<TargetAnswer>()(
  z.object({
    key: z.string(),
    accountId: z.string(),
    region: z.string(),
    endpoint: z.string(),
    serving: z.object({ package: z.string(), since: time, rollout: z.string() }).nullable(),
    served: list(
      z.object({
        package: z.string().nullable(),
        from: time,
        until: time.optional(),
        rollout: z.string(),
        undo: z.string().optional(),
      }),
    ).describe('what served when, the latest first'),
    current: z
      .object({
        rollout: z.string(),
        package: z.string(),
        phase: z.enum(phases),
        message: z.string(),
        asked: z.number().optional(),
        actual: z.number().optional(),
        state: z.string().optional(),
      })
      .nullable(),
    stale: z.boolean(),
  }),
)

export const me = fits<MeAnswer>()(
  z.object({
    name: z.string(),
    roles: list(z.enum(['viewer', 'operator', 'approver'])),
    groups: list(z.string()),
    mayStart: z.boolean(),
    mayAcknowledge: z.boolean(),
  }),
)

export const signIn = fits<SignInAnswer>()(
  z.object({
    open: z.boolean().describe('nobody has to: whoever asks from this machine is let in'),
    token: z.boolean(),
    oidc: list(
      z.object({
        issuer: z.string(),
        clientId: z.string(),
        scopes: list(z.string()),
        endpoints: z
          .object({ authorization: z.string(), token: z.string() })
          .optional()
          .describe('absent while the issuer does not answer'),
      }),
    ).describe('Authorization Code with PKCE, as a public client'),
  }),
)

export const problem = fits<ProblemBody>()(
  z.looseObject({
    type: z.string().describe('stable; clients branch on it'),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    cure: z.string(),
    requestId: z.string().optional(),
  }),
)
