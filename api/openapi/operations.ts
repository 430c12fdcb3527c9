import type { ProblemName } from '../errors.ts'
import { verbs, type Verb } from '../../rollout/phases.ts'
import { verbHelp } from '../../rollout/roles.ts'
import { verbPath } from '../verb-path.ts'

/** One call of the API, for its description. `body` and `answer` name schemas of `describe.ts`. */
export interface Operation {
  readonly method: 'get' | 'post'
  readonly path: string
  readonly id: string
  readonly summary: string
  readonly body?: 'RolloutDocument' | 'Decision' | 'Acknowledgement' | 'Payloads'
  readonly answer: {
    readonly status: number
    readonly schema?: string
    readonly type?: string
    readonly description: string
  }
  readonly alternative?: { readonly status: number; readonly schema: string; readonly description: string }
  readonly query?: 'list' | 'plan'
  readonly headers?: readonly { readonly name: string; readonly description: string }[]
  readonly problems: readonly ProblemName[]
  /** Answered without a credential. */
  readonly open?: true
}

const document = ['malformed-body', 'too-large', 'unsupported-media-type', 'invalid-document'] as const
const planning = ['no-worker', 'plan-failed', 'plan-timed-out'] as const
const one = ['invalid-request', 'no-such-rollout'] as const

export const operations: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/plans',
    id: 'plan',
    summary: 'Plans a document: the numbered steps with every finding. Reads only, changes nothing.',
    body: 'RolloutDocument',
    query: 'plan',
    answer: { status: 200, schema: 'Plan', description: 'The plan, also when it has errors' },
    problems: ['invalid-request', ...document, ...planning],
  },
  {
    method: 'post',
    path: '/v1/rollouts',
    id: 'start',
    summary:
      'Plans a document and starts its rollout. Operators and approvers; an emergency needs an approver.',
    body: 'RolloutDocument',
    headers: [
      {
        name: 'Idempotency-Key',
        description: 'The same key and document is the same rollout, however often it is sent.',
      },
    ],
    answer: {
      status: 202,
      schema: 'Started',
      description: 'Started, or already started by the same request',
    },
    problems: [
      'invalid-request',
      ...document,
      'forbidden',
      'idempotency-key-reused',
      'target-busy',
      'plan-refused',
      ...planning,
    ],
  },
  {
    method: 'get',
    path: '/v1/rollouts',
    id: 'list',
    summary: 'Lists rollouts: running ones first, then by when they ended.',
    query: 'list',
    answer: { status: 200, schema: 'RolloutPage', description: 'One page' },
    problems: ['invalid-request'],
  },
  {
    method: 'get',
    path: '/v1/rollouts/{id}',
    id: 'get',
    summary: 'Everything about one rollout; what it last wrote down (`stale`) while no worker answers.',
    answer: { status: 200, schema: 'Rollout', description: 'The rollout' },
    problems: one,
  },
  {
    method: 'get',
    path: '/v1/rollouts/{id}/plan',
    id: 'getPlan',
    summary: 'The document and the plan that a rollout runs.',
    answer: {
      status: 200,
      schema: 'PlanOfRollout',
      description: 'Document and plan; the plan is null before it is made',
    },
    problems: [...one, 'no-worker'],
  },
  {
    method: 'get',
    path: '/v1/rollouts/{id}/events',
    id: 'follow',
    summary:
      'Server-sent events: `timeline` (id = its seq), `state` (the rollout, whenever it changed), `worker` (`{answers, message}`), `end`.',
    headers: [
      { name: 'Last-Event-ID', description: 'Goes on after this event; after `end` the answer is 204.' },
    ],
    answer: { status: 200, type: 'text/event-stream', description: 'The stream; it ends with the rollout' },
    problems: [...one, 'too-many-listeners'],
  },
  {
    method: 'get',
    path: '/v1/rollouts/events',
    id: 'followList',
    summary:
      'Server-sent events: `ready` (from here on nothing is missed: load the list now), `changed` (`{rollouts}`, lines that are new or other), `temporal` (`{answers, message}`).',
    answer: { status: 200, type: 'text/event-stream', description: 'The stream; it does not end by itself' },
    problems: ['too-many-listeners'],
  },
  ...verbs.map(describeVerb),
  {
    method: 'get',
    path: '/v1/rollouts/{id}/notifications',
    id: 'notifications',
    summary: 'Who was told what, what is still on its way and how often it was tried, and who acknowledged.',
    answer: { status: 200, schema: 'Notifications', description: 'Deliveries and acknowledgements' },
    problems: [...one, 'no-worker'],
  },
  {
    method: 'post',
    path: '/v1/rollouts/{id}/acknowledge',
    id: 'acknowledge',
    summary:
      'Somebody takes care of what needs a person: nobody is reminded of it any more. Changes nothing in the rollout. Operators and approvers.',
    body: 'Acknowledgement',
    answer: { status: 200, schema: 'Acknowledged', description: 'Taken, or acknowledged already' },
    problems: [...one, 'malformed-body', 'unsupported-media-type', 'forbidden', 'refused', 'no-worker'],
  },
  {
    method: 'post',
    path: '/slack/interactions',
    id: 'slackInteraction',
    summary: 'For Slack alone: a button or a modal, signed by Slack. There only with a Slack app configured.',
    answer: { status: 200, description: 'Acknowledged; what it asks for happens after' },
    problems: ['not-from-slack'],
    open: true,
  },
  {
    method: 'get',
    path: '/v1/targets/{account}/{region}/{endpoint}',
    id: 'target',
    summary: 'What serves at a target, since when and by which rollout, as far as Temporal remembers.',
    answer: { status: 200, schema: 'Target', description: 'The target' },
    problems: ['invalid-request'],
  },
  {
    method: 'get',
    path: '/v1/me',
    id: 'me',
    summary: 'Whom the credential means, and what it may.',
    answer: { status: 200, schema: 'Me', description: 'The person or program' },
    problems: [],
  },
  {
    method: 'get',
    path: '/metrics',
    id: 'metrics',
    summary: 'Rollouts by phase and outcome, requests and decisions, for Prometheus.',
    answer: { status: 200, type: 'text/plain', description: 'Metrics' },
    problems: [],
  },
  {
    method: 'get',
    path: '/v1/sign-in',
    id: 'signIn',
    summary: 'The ways in which a person may come in, for the web page.',
    answer: { status: 200, schema: 'SignIn', description: 'The ways' },
    problems: [],
    open: true,
  },
  ...(['encode', 'decode'] as const).map((turn): Operation => ({
    method: 'post',
    path: `/codec/${turn}`,
    id: turn,
    summary:
      turn === 'decode'
        ? 'Decrypts payloads, for Temporal’s web UI. Without a key they come back as they were.'
        : 'Encrypts payloads, for Temporal’s web UI.',
    body: 'Payloads',
    answer: { status: 200, schema: 'Payloads', description: 'The same payloads' },
    problems: ['invalid-request', 'malformed-body', 'too-large'],
  })),
  ...(['/healthz', '/readyz', '/openapi.json'] as const).map(describeOpen),
]

function describeVerb(verb: Verb): Operation {
  return {
    method: 'post',
    path: `/v1/rollouts/{id}/${verbPath(verb)}`,
    id: verb,
    summary: verbHelp[verb],
    body: 'Decision',
    answer: { status: 200, schema: 'Answer', description: 'Taken, or decided already' },
    ...(verb === 'undo'
      ? {
          alternative: {
            status: 202,
            schema: 'Started',
            description: 'It had committed: a new rollout undoes it',
          },
        }
      : {}),
    problems: [
      ...one,
      'malformed-body',
      'unsupported-media-type',
      'forbidden',
      'refused',
      'already-ended',
      'outcome-unknown',
      ...(verb === 'undo' ? (['target-busy', 'plan-refused', ...planning] as const) : []),
    ],
  }
}

function describeOpen(path: '/healthz' | '/readyz' | '/openapi.json'): Operation {
  const summary = {
    '/healthz': 'The process lives.',
    '/readyz': 'Temporal answers.',
    '/openapi.json': 'This description.',
  }[path]
  return {
    method: 'get',
    path,
    id: path.slice(1).replace('.json', ''),
    summary,
    answer: { status: 200, description: summary },
    problems: path === '/readyz' ? ['temporal-unavailable'] : [],
    open: true,
  }
}
