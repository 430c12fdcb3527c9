/**
 * What every simulated service is written against. A service is a set of operations over state that is kept per
 * account and Region; the core does the wire protocols, credentials, faults, the clock and the record of calls.
 */
export interface Clock {
  /** Milliseconds since the epoch, real time: time stamps are never scaled. */
  now(): number
  /** How many sandbox seconds pass in a real one; every *duration* the sandbox interprets is divided by it. */
  readonly rate: number
  /** Real milliseconds for a duration given in sandbox milliseconds. */
  real(sandboxMs: number): number
  /** Runs `task` after a sandbox duration; the returned function cancels it. Timers never keep the process alive. */
  after(sandboxMs: number, task: () => void): () => void
}

/** Who called: the account that the credentials belong to, and the ARN that AWS would show for them. */
export interface Principal {
  readonly accountId: string
  readonly arn: string
}

/** One request as an operation sees it. */
export interface Call {
  readonly world: World
  readonly service: ServiceName
  readonly operation: string
  readonly principal: Principal
  /** The account whose resources the call addresses (the caller's own, except for S3 and ECR by policy). */
  readonly accountId: string
  readonly region: string
  readonly requestId: string
  /** The request before decoding, for operations that need a header or the exact bytes. */
  readonly http?: RawRequest
}

/** What came over HTTP; `url` is this server's own address (`http://127.0.0.1:port`), for links an answer must carry. */
export interface RawRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
  readonly url: string
}

export type ServiceName =
  | 'sagemaker'
  | 'sagemaker-runtime'
  | 's3'
  | 'ecr'
  | 'sts'
  | 'monitoring'
  | 'application-autoscaling'
  | 'servicequotas'
  | 'sns'

/**
 * Input is what the wire carried, already validated against the service model's own constraints.
 *
 * - JSON services: the parsed body; time stamps are epoch seconds, blobs base64 text. In the output `Date` becomes epoch
 *   seconds, `Buffer` base64, and `undefined` members are left out.
 * - sagemaker-runtime: the members of the service model (`EndpointName`, `ContentType`, `Accept`, `TargetVariant`,
 *   `InferenceId`, …) with `Body` as a Buffer (empty when nothing was sent); output `{ Body: Buffer | string, ContentType,
 *   InvokedProductionVariant, CustomAttributes }`. A model's own failure is
 *   `new AwsError('ModelError', message, 424, { OriginalStatusCode, OriginalMessage, LogStreamArn })`.
 * - S3 and STS: members of the service model, decoded from path, query, headers and XML.
 */
export type Operation<I = any, O = unknown> = (call: Call, input: I) => O | Promise<O>

/** Faults by kind: what each does, and which settings stand in its `with`. Both are for people, as Markdown. */
export type FaultKinds = Readonly<Record<string, { readonly does: string; readonly with?: string }>>

/** One service as it registers in `sandbox/services.ts`. */
export interface Service {
  readonly service: ServiceName
  readonly operations: Readonly<Record<string, Operation>>
  /** Parts of a seed document that this service understands, by key; called at start, by `POST /_sandbox/seed`, after reset. */
  readonly seeds?: Readonly<Record<string, (world: World, value: any) => void | Promise<void>>>
  /** Extra control calls `POST /_sandbox/control/<name>`; the answer is sent as JSON. */
  readonly controls?: Readonly<Record<string, (world: World, body: any) => unknown>>
  /** Kinds this service takes by `world.takeFault`; the control API refuses kinds that nobody knows. */
  readonly faultKinds?: FaultKinds
  /** Named parts of `GET /_sandbox/state`; each returns plain JSON values that carry `accountId` and `region`. */
  readonly dumps?: Readonly<Record<string, (world: World) => readonly unknown[]>>
  /** Unsigned requests under a path prefix, such as pre-signed downloads. */
  readonly links?: Readonly<Record<string, (world: World, request: RawRequest) => Answer>>
}

/** An HTTP answer before it is written; a body of many buffers is streamed and needs its own `content-length`. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | string | Iterable<Buffer>
}

/** Which calls or resources a fault is about; what is left out matches everything. `name` may end in `*`. */
export interface FaultScope {
  readonly service?: string
  readonly operation?: string
  readonly accountId?: string
  readonly region?: string
  /** The resource: an endpoint name, an alarm name, `bucket/key`, a repository name. */
  readonly name?: string
}

/** A fault as it was armed, handed to the code that acts it out; `with` carries what the kind needs. */
export interface Fault extends FaultScope {
  readonly id: string
  readonly kind: string
  readonly with: Readonly<Record<string, any>>
}

/** What AWS would hand to EventBridge. */
export interface SandboxEvent {
  readonly accountId: string
  readonly region: string
  /** Default `aws.sagemaker`. */
  readonly source?: string
  readonly detailType: string
  readonly resources?: readonly string[]
  readonly detail: Readonly<Record<string, unknown>>
}

/** Several simulated accounts and Regions in one process. */
export interface World {
  readonly clock: Clock
  /** The state of one service in one account and Region, made on first use. */
  state<T>(service: string, accountId: string, region: string, create: () => T): T
  /** Every state of one service that exists, for the control API, the shared check of tests, and global look-ups (S3 bucket names). */
  states<T>(
    service: string,
  ): readonly { readonly accountId: string; readonly region: string; readonly state: T }[]
  /** The armed fault of this kind that matches, used up by one; the caller acts it out. Kinds are the service's own words. */
  takeFault(kind: string, where: FaultScope): Fault | undefined
  /** Records an event and delivers it to the URLs that asked for it. */
  emit(event: SandboxEvent): void
  /** In [0, 1), repeatable for the world's seed. */
  random(): number
}

/** An error as AWS sends it: `code` is the `__type` / `<Code>`, `message` word for word where it is known. */
export class AwsError extends Error {
  readonly code: string
  readonly status: number
  readonly members: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, status = 400, members: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.name = 'AwsError'
    this.code = code
    this.status = status
    this.members = members
  }
}
