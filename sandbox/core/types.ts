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
}

export type ServiceName =
  'sagemaker' | 'sagemaker-runtime' | 's3' | 'ecr' | 'sts' | 'monitoring' | 'application-autoscaling' | 'servicequotas'

/** Input is what the wire carried, already validated against the service model's own constraints. */
export type Operation<I = any, O = unknown> = (call: Call, input: I) => O | Promise<O>

/** Several simulated accounts and Regions in one process. */
export interface World {
  readonly clock: Clock
  /** The state of one service in one account and Region, made on first use. */
  state<T>(service: string, accountId: string, region: string, create: () => T): T
  /** Every state of one service that exists, for the control API, the shared check of tests, and global look-ups (S3 bucket names). */
  states<T>(service: string): readonly { readonly accountId: string; readonly region: string; readonly state: T }[]
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
