import type {
  AcknowledgedAnswer,
  NotificationsAnswer,
  PlanAnswer,
  RolloutAnswer,
  RolloutPage,
  Started,
  TargetAnswer,
  VerbAnswer,
} from '../api/answers.ts'
import type { ProblemBody } from '../api/problem.ts'
import { verbPath } from '../api/verb-path.ts'
import { exitCodes } from '../rollout/outcome.ts'
import type { Verb } from '../rollout/phases.ts'
import type { RolePolicy } from '../rollout/iam/types.ts'
import type { Plan } from '../rollout/plan/types.ts'
import { CliFailure } from './failure.ts'
import { parseAnswer } from './parse-answer.ts'

/** Which server, and as whom. */
export interface Remote {
  readonly server: string
  readonly token?: string
}

export const defaultServer = 'http://127.0.0.1:8080'

export interface Decision {
  readonly comment?: string
  readonly gate?: string
  readonly decisionId?: string
}

export interface ListFilter {
  readonly model?: string
  readonly phase?: string
  readonly outcome?: string
  readonly target?: string
  readonly limit?: string
  readonly cursor?: string
}

/** A plan, and the least that each role must be allowed for it. */
export type PlanWithIam = Plan & { readonly iam: readonly RolePolicy[] }

/** The HTTP API, typed. Every call throws CliFailure with the server's own sentence and cure. */
export interface SluiceClient {
  plan(document: string): Promise<Plan>
  /** With the least that each role must be allowed for it. */
  planWithIam(document: string): Promise<PlanWithIam>
  start(document: string, idempotencyKey?: string): Promise<Started>
  list(filter: ListFilter): Promise<RolloutPage>
  get(id: string): Promise<RolloutAnswer>
  planOf(id: string): Promise<PlanAnswer>
  /** `Started` only for an `undo` after commit. */
  decide(id: string, verb: Verb, decision: Decision): Promise<VerbAnswer | Started>
  /** Takes care of what needs a person, so that nobody is reminded of it any more. */
  acknowledge(id: string, said: Omit<Decision, 'gate'>): Promise<AcknowledgedAnswer>
  notifications(id: string): Promise<NotificationsAnswer>
  target(account: string, region: string, endpoint: string): Promise<TargetAnswer>
  /** The open event stream; the body is null when there is nothing more to come. */
  events(id: string, lastEventId: string | undefined, signal: AbortSignal): Promise<Response>
}

export function createClient(remote: Remote): SluiceClient {
  const ask = async <T>(
    method: string,
    path: string,
    request: Omit<RequestInit, 'method'> = {},
  ): Promise<T> => {
    const response = await send(remote, path, { method, ...request })
    const text = await response.text()
    try {
      return parseAnswer<T>(text)
    } catch {
      throw notSluice(remote.server, response.status)
    }
  }
  const document = (text: string, headers: Record<string, string> = {}) => ({
    body: text,
    headers: { 'content-type': 'application/yaml', ...headers },
  })
  const rollout = (id: string): string => `/v1/rollouts/${encodeURIComponent(id)}`
  return {
    plan: (text) => ask('POST', '/v1/plans', document(text)),
    planWithIam: (text) => ask('POST', '/v1/plans?iam=true', document(text)),
    start: (text, key) =>
      ask('POST', '/v1/rollouts', document(text, key === undefined ? {} : { 'idempotency-key': key })),
    list: (filter) => ask('GET', `/v1/rollouts?${new URLSearchParams(given(filter))}`),
    get: (id) => ask('GET', rollout(id)),
    planOf: (id) => ask('GET', `${rollout(id)}/plan`),
    decide: (id, verb, decision) =>
      ask('POST', `${rollout(id)}/${verbPath(verb)}`, {
        body: JSON.stringify(decision),
        headers: { 'content-type': 'application/json' },
      }),
    acknowledge: (id, said) =>
      ask('POST', `${rollout(id)}/acknowledge`, {
        body: JSON.stringify(said),
        headers: { 'content-type': 'application/json' },
      }),
    notifications: (id) => ask('GET', `${rollout(id)}/notifications`),
    target: (...parts) => ask('GET', `/v1/targets/${parts.map(encodeURIComponent).join('/')}`),
    events: (id, lastEventId, signal) =>
      send(remote, `${rollout(id)}/events`, {
        signal,
        headers: { accept: 'text/event-stream', ...(lastEventId ? { 'last-event-id': lastEventId } : {}) },
      }),
  }
}

async function send({ server, token }: Remote, path: string, request: RequestInit): Promise<Response> {
  const headers = new Headers(request.headers)
  if (token) headers.set('authorization', `Bearer ${token}`)
  let response: Response
  try {
    response = await fetch(server.replace(/\/+$/, '') + path, { ...request, headers })
  } catch (error) {
    if (request.signal?.aborted) throw error
    throw new CliFailure(exitCodes.failed, `No server answers at ${server} (${reasonOf(error)}).`, {
      cure: 'Start one with `sluice up` (everything embedded) or `sluice api`, or name another with --server or SLUICE_SERVER.',
    })
  }
  if (!response.ok) throw failureOf(server, response.status, await response.text())
  return response
}

/** fetch hides the reason in the cause, and that of several addresses in an AggregateError without a message. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const reason = cause instanceof Error ? cause.message || (cause as { code?: string }).code : undefined
  return reason ?? (error instanceof Error ? error.message : String(error))
}

function failureOf(server: string, status: number, text: string): CliFailure {
  const problem = parseProblem(text)
  if (!problem) return notSluice(server, status)
  return new CliFailure(exitCodeOfProblem(problem), `${problem.title}: ${problem.detail}`, {
    cure: cureOf(problem),
    problem,
  })
}

function notSluice(server: string, status: number): CliFailure {
  return new CliFailure(exitCodes.failed, `${server} answered ${status}, and not like a Sluice server.`, {
    cure: 'Check --server or SLUICE_SERVER.',
  })
}

/** What the server would take instead, as it is typed here. */
function cureOf({ legal, cure }: ProblemBody): string {
  return Array.isArray(legal) && legal.length > 0
    ? `What it takes now: ${(legal as Verb[]).map(verbPath).join(', ')}.`
    : cure
}

function parseProblem(text: string): ProblemBody | undefined {
  try {
    const problem = parseAnswer<Partial<ProblemBody>>(text)
    return typeof problem.type === 'string' && typeof problem.title === 'string'
      ? (problem as ProblemBody)
      : undefined
  } catch {
    return undefined
  }
}

/** What the caller wrote wrongly is wrong usage; what the server, AWS or the state of things stood against has failed. */
function exitCodeOfProblem({ type, status }: ProblemBody): number {
  if (type === 'urn:sluice:problem:plan-refused' || status === 409 || status === 429) return exitCodes.failed
  return status < 500 ? exitCodes.usage : exitCodes.failed
}

function given(filter: ListFilter): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
