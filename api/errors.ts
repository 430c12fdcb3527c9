/** What a caller can meet, with the HTTP status, why (for the manual), and what to do about it. `type` in the answer is `problemType(key)`. */
export const problems = {
  'malformed-body': {
    status: 400,
    title: 'The body cannot be parsed',
    cause: 'The JSON or YAML cannot be read, or its content type says something else than it is.',
    cure: 'Send one JSON object, or one YAML document with content type application/yaml.',
  },
  'invalid-request': {
    status: 400,
    title: 'The request is wrong',
    cause: 'A parameter, header or member is unknown, or not as it is allowed.',
    cure: 'Correct what `problems` lists; /openapi.json says what is allowed.',
  },
  unauthenticated: {
    status: 401,
    title: 'No valid credential',
    cause:
      'There is no `Authorization` header; or the token is in no credentials file, has ended, or is not for this server.',
    cure: 'Send `Authorization: Bearer <token>`; `sluice token NAME` makes one for the server’s credentials file.',
  },
  'not-from-slack': {
    status: 401,
    title: 'The request is not from Slack',
    cause: 'The signature does not fit the body, or the request is older than five minutes.',
    cure: 'Only Slack calls this path; check the signing secret of the app, and the clock of this machine.',
  },
  forbidden: {
    status: 403,
    title: 'This credential may not do that',
    cause: 'The credential has no role that may do it, or no role at all.',
    cure: 'Ask somebody with the role that `detail` names.',
  },
  'foreign-origin': {
    status: 403,
    title: 'Refused for a browser’s sake',
    cause:
      'A page of another site, or another host name, asked a server that takes everybody on this machine for `local`.',
    cure: 'A server without credentials answers only programs and pages of this machine, under a loopback name.',
  },
  'not-found': {
    status: 404,
    title: 'There is no such path',
    cause: 'The path is misspelt, or of another version.',
    cure: '/openapi.json lists every path.',
  },
  'no-such-rollout': {
    status: 404,
    title: 'There is no such rollout',
    cause: 'The id is misspelt, or Temporal’s retention is over and the rollout is forgotten.',
    cure: '`sluice list` or GET /v1/rollouts lists those that Temporal still keeps.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This path does not take that method',
    cause: 'The path exists, for other methods.',
    cure: 'Use one of the methods in the `Allow` header.',
  },
  'idempotency-key-reused': {
    status: 409,
    title: 'The Idempotency-Key was used for another document',
    cause: 'The same key was sent before with a document that means something else.',
    cure: 'Use a new key for a new document; the same key only repeats the same request.',
  },
  'target-busy': {
    status: 409,
    title: 'Another rollout holds one of the targets',
    cause: 'It runs, or keeps its previous version ready, and the document says `whenBusy: reject`.',
    cure: 'Wait for it, abort it, or write `whenBusy: queue` or `replace` into the document.',
  },
  refused: {
    status: 409,
    title: 'The rollout does not take this now',
    cause: 'The phase does not allow the verb, the gate is another one, or it asks for somebody else.',
    cure: '`legal`, here and of the rollout, lists the verbs that it would take.',
  },
  'already-ended': {
    status: 409,
    title: 'The rollout has ended',
    cause: 'It ended before the decision came.',
    cure: 'Nothing is left to decide; start a new rollout, or `undo` one that succeeded.',
  },
  'too-large': {
    status: 413,
    title: 'The body is too large',
    cause: 'What was sent is longer than what is read.',
    cure: 'A document may have 1 MiB at most, a decision 16 KiB.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'This kind of body is not understood',
    cause: '`Content-Type` is missing or is another one.',
    cure: 'Send application/json, or application/yaml where a document is expected.',
  },
  'invalid-document': {
    status: 422,
    title: 'The document is wrong',
    cause: 'Keys are unknown or missing, or values are not allowed; each is told with line and path.',
    cure: 'Correct every entry of `problems`; `sluice lint FILE` checks a file without a server.',
  },
  'plan-refused': {
    status: 422,
    title: 'The plan has errors, so nothing was started',
    cause: 'At least one finding of the plan is an error.',
    cure: 'Each entry of `findings` says what to do about it; `sluice plan FILE` shows them again.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    cause:
      'The address or the credential has sent more than its share in this minute, or too many wrong credentials.',
    cure: 'Wait as long as `Retry-After` says; follow /events instead of polling.',
  },
  internal: {
    status: 500,
    title: 'The server made a mistake',
    cause: 'A mistake in the server; the cause is in its log.',
    cure: 'Look for `requestId` in the API’s log, and report it.',
  },
  'plan-failed': {
    status: 502,
    title: 'Planning failed',
    cause: 'AWS or the worker failed in a way that is no finding.',
    cure: 'Repair what `detail` says and try again; nothing was changed.',
  },
  'no-worker': {
    status: 503,
    title: 'No worker answers',
    cause:
      'No worker polls the task queue: none runs, it uses another queue or namespace, or its build is not the current one.',
    cure: 'Start one (`sluice worker`) on the task queue that `detail` names, or try again when it is back.',
  },
  'outcome-unknown': {
    status: 503,
    title: 'It is not known yet whether the decision was taken',
    cause: 'Nobody answered within two seconds; the decision may have been taken, or be waiting in Temporal.',
    cure: 'Send the same request again with this `decisionId`: it is one decision however often it is sent.',
  },
  'temporal-unavailable': {
    status: 503,
    title: 'Temporal does not answer',
    cause: 'The server is away, restarts, or refuses this client.',
    cure: 'Try again; when it lasts, check TEMPORAL_ADDRESS and the Temporal server.',
  },
  'no-payload-key': {
    status: 503,
    title: 'What Temporal keeps cannot be decrypted here',
    cause: 'Histories are encrypted, and this process does not have the key that was used.',
    cure: 'Give this server the key that `detail` names, in SLUICE_PAYLOAD_KEY or SLUICE_PAYLOAD_OLD_KEYS.',
  },
  'issuer-unavailable': {
    status: 503,
    title: 'The issuer of this token does not answer',
    cause: 'The keys of the issuer cannot be read, so its tokens cannot be checked.',
    cure: 'Try again; static tokens work meanwhile. When it lasts, check the issuer, and that this server may reach it.',
  },
  'too-many-listeners': {
    status: 503,
    title: 'Too many event streams are open',
    cause: '500 streams of a process, or 100 of a credential, are open.',
    cure: 'Close some, or poll GET /v1/rollouts/{id}.',
  },
  'plan-timed-out': {
    status: 504,
    title: 'Planning took too long',
    cause: 'AWS was slow or throttled, or the worker is busy.',
    cure: 'Try again; `detail` names the plan’s workflow, whose retries Temporal’s UI shows.',
  },
} as const satisfies Record<string, { status: number; title: string; cause: string; cure: string }>

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
