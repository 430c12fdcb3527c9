/** What a caller can meet, with the HTTP status and what to do about it. `type` in the answer is `problemType(key)`. */
export const problems = {
  'malformed-body': {
    status: 400,
    title: 'The body cannot be parsed',
    cure: 'Send one JSON object, or one YAML document with content type application/yaml.',
  },
  'invalid-request': {
    status: 400,
    title: 'The request is wrong',
    cure: 'Correct what `problems` lists; /openapi.json says what is allowed.',
  },
  unauthenticated: {
    status: 401,
    title: 'No valid credential',
    cure: 'Send `Authorization: Bearer <token>`; `sluice token NAME` makes one for the server’s credentials file.',
  },
  'not-from-slack': {
    status: 401,
    title: 'The request is not from Slack',
    cure: 'Only Slack calls this path; check the signing secret of the app, and the clock of this machine.',
  },
  forbidden: {
    status: 403,
    title: 'This credential may not do that',
    cure: 'Ask somebody with the role that `detail` names.',
  },
  'foreign-origin': {
    status: 403,
    title: 'Refused for a browser’s sake',
    cure: 'A server without credentials answers only programs and pages of this machine, under a loopback name.',
  },
  'not-found': { status: 404, title: 'There is no such path', cure: '/openapi.json lists every path.' },
  'no-such-rollout': {
    status: 404,
    title: 'There is no such rollout',
    cure: '`sluice list` or GET /v1/rollouts lists those that Temporal still keeps.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This path does not take that method',
    cure: 'Use one of the methods in the `Allow` header.',
  },
  'idempotency-key-reused': {
    status: 409,
    title: 'The Idempotency-Key was used for another document',
    cure: 'Use a new key for a new document; the same key only repeats the same request.',
  },
  'target-busy': {
    status: 409,
    title: 'Another rollout holds one of the targets',
    cure: 'Wait for it, abort it, or write `whenBusy: queue` or `replace` into the document.',
  },
  refused: {
    status: 409,
    title: 'The rollout does not take this now',
    cure: '`legal`, here and of the rollout, lists the verbs that it would take.',
  },
  'already-ended': {
    status: 409,
    title: 'The rollout has ended',
    cure: 'Nothing is left to decide; start a new rollout, or `undo` one that succeeded.',
  },
  'too-large': {
    status: 413,
    title: 'The body is too large',
    cure: 'A document may have 1 MiB at most, a decision 16 KiB.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'This kind of body is not understood',
    cure: 'Send application/json, or application/yaml where a document is expected.',
  },
  'invalid-document': {
    status: 422,
    title: 'The document is wrong',
    cure: 'Correct every entry of `problems`; `sluice lint FILE` checks a file without a server.',
  },
  'plan-refused': {
    status: 422,
    title: 'The plan has errors, so nothing was started',
    cure: 'Each entry of `findings` says what to do about it; `sluice plan FILE` shows them again.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    cure: 'Wait as long as `Retry-After` says; follow /events instead of polling.',
  },
  internal: {
    status: 500,
    title: 'The server made a mistake',
    cure: 'Look for `requestId` in the API’s log, and report it.',
  },
  'plan-failed': {
    status: 502,
    title: 'Planning failed',
    cure: 'Repair what `detail` says and try again; nothing was changed.',
  },
  'no-worker': {
    status: 503,
    title: 'No worker answers',
    cure: 'Start one (`sluice worker`) on the task queue that `detail` names, or try again when it is back.',
  },
  'outcome-unknown': {
    status: 503,
    title: 'It is not known yet whether the decision was taken',
    cure: 'Send the same request again with this `decisionId`: it is one decision however often it is sent.',
  },
  'temporal-unavailable': {
    status: 503,
    title: 'Temporal does not answer',
    cure: 'Try again; when it lasts, check TEMPORAL_ADDRESS and the Temporal server.',
  },
  'no-payload-key': {
    status: 503,
    title: 'What Temporal keeps cannot be decrypted here',
    cure: 'Give this server the key that `detail` names, in SLUICE_PAYLOAD_KEY or SLUICE_PAYLOAD_OLD_KEYS.',
  },
  'issuer-unavailable': {
    status: 503,
    title: 'The issuer of this token does not answer',
    cure: 'Try again; static tokens work meanwhile. When it lasts, check the issuer, and that this server may reach it.',
  },
  'too-many-listeners': {
    status: 503,
    title: 'Too many event streams are open',
    cure: 'Close some, or poll GET /v1/rollouts/{id}.',
  },
  'plan-timed-out': {
    status: 504,
    title: 'Planning took too long',
    cure: 'Try again; `detail` names the plan’s workflow, whose retries Temporal’s UI shows.',
  },
} as const satisfies Record<string, { status: number; title: string; cure: string }>

export type ProblemName = keyof typeof problems

/** `plan-refused` → the URI that stands in `type`. Stable: clients branch on it. */
export function problemType(name: ProblemName): string {
  return `urn:sluice:problem:${name}`
}

/** Thrown anywhere below a route. `members` are added to the answer (`findings`, `decisionId`, …). */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly problem: ProblemName
  readonly members: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>

  constructor(
    problem: ProblemName,
    detail: string,
    members: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail)
    this.problem = problem
    this.members = members
    this.headers = headers
  }
}
