import type { Freeze } from '../calendar/types.ts'

/**
 * The rollout document after parsing: defaults filled in, durations in milliseconds, `canary`, `linear` and `allAtOnce`
 * written out as steps. Everything behind the parser works on this; only `schema.ts` knows the written form.
 */
export type Milliseconds = number

export interface Document {
  readonly apiVersion: 'sluice/v1'
  readonly kind: 'Rollout'
  readonly name: string
  readonly model: { readonly package: string }
  readonly accounts: Readonly<Record<string, Account>>
  readonly promote?: { readonly to: PromoteTo }
  readonly replicate?: { readonly artifacts?: string; readonly images: 'copy' | 'replicated' | 'none' }
  readonly endpoint: EndpointSettings
  readonly staging?: Staging
  readonly approval?: Approval
  readonly production: Production
  readonly whenBusy: 'reject' | 'queue' | 'replace'
  readonly record?: { readonly account: string; readonly to: string }
  readonly emergency?: Emergency
}

/** How to get into an account; without a role the worker's own credentials are used. */
export interface Account {
  readonly id: string
  readonly role?: string
  readonly externalId?: string
}

export interface PromoteTo {
  readonly account: string
  readonly region: string
  readonly group: string
  readonly status: 'Approved' | 'PendingManualApproval'
}

/** What is written here differs from stable; the rest is copied from stable's variant and config. */
export interface EndpointSettings {
  readonly name: string
  readonly instanceType?: string
  readonly instanceCount?: number
  readonly startupTimeout?: Milliseconds
  readonly downloadTimeout?: Milliseconds
  /** GiB */
  readonly volumeSize?: number
  readonly routing?: 'RANDOM' | 'LEAST_OUTSTANDING_REQUESTS'
  readonly amiVersion?: string
  readonly networkIsolation?: boolean
  /** Of several containers. */
  readonly invocation?: 'serial' | 'direct'
  readonly environment?: Readonly<Record<string, string>>
  readonly tags?: Readonly<Record<string, string>>
  readonly managedBy?: 'cloudformation' | 'terraform'
  readonly executionRole?: string
  readonly vpc?: { readonly subnets: readonly string[]; readonly securityGroups: readonly string[] }
  readonly kmsKeys?: { readonly volume?: string; readonly capture?: string; readonly artifacts?: string }
  readonly dataCapture?: { readonly percent: number; readonly destination: string }
}

/** `account` is a key of `accounts`; `endpoint` overrides the document's endpoint field by field. */
export interface TargetSpec {
  readonly account: string
  readonly region: string
  readonly endpoint?: Partial<EndpointSettings>
}

export interface Staging {
  readonly target: TargetSpec
  readonly tests: readonly StagingTest[]
  readonly afterwards: 'delete' | 'keep'
}

export type StagingTest = { readonly name: string } & (
  | { readonly kind: 'invoke'; readonly invoke: InvokeTest }
  | { readonly kind: 'dataset'; readonly dataset: DatasetTest }
  | { readonly kind: 'load'; readonly load: LoadTest }
  | { readonly kind: 'http'; readonly http: HttpTest }
)

export interface InvokeTest {
  readonly contentType: string
  readonly accept?: string
  readonly body: string
  /** Only for endpoints whose containers are invoked directly. */
  readonly container?: string
  readonly expect: { readonly matches?: string; readonly status?: number; readonly maxLatency?: Milliseconds }
}

/** One line of `input` is one request; the same line of `expected` is its answer. */
export interface DatasetTest {
  readonly input: string
  readonly expected: string
  readonly contentType: string
  readonly tolerance: number
  readonly maxErrors: number
}

export interface LoadTest {
  readonly requestsPerSecond: number
  readonly duration: Milliseconds
  readonly contentType: string
  readonly body: string
  readonly p50?: Milliseconds
  readonly p90?: Milliseconds
  readonly p95?: Milliseconds
  readonly p99?: Milliseconds
  /** Fraction, 0 to 1. */
  readonly maxErrorRate: number
}

export interface HttpTest {
  readonly url: string
  readonly timeout: Milliseconds
}

export interface Approval {
  readonly required: number
  /** People or groups of the credential; empty means nobody. */
  readonly from: readonly string[]
  readonly expiresAfter: Milliseconds
  readonly selfApproval: boolean
}

export interface Production {
  readonly steps: readonly StrategyStep[]
  readonly watch: Watch
  readonly prepare: 'allFirst' | 'perWave'
  readonly waves: readonly (readonly TargetSpec[])[]
  readonly betweenWaves?: { readonly bake?: Milliseconds; readonly approval?: Approval }
  /** Of this model alone; those of the calendar file come on top. */
  readonly freezes?: readonly Freeze[]
  readonly onFailure: 'rollback-all' | 'rollback-wave' | 'hold'
  readonly keepPrevious: Milliseconds
}

export type StrategyStep =
  | { readonly kind: 'weight'; /** percent of traffic, 1 to 100 */ readonly weight: number }
  | { readonly kind: 'bake'; readonly bake: Milliseconds }
  | { readonly kind: 'approval'; readonly approval: Approval }

export interface Watch {
  readonly alarms: readonly WatchAlarm[]
  readonly pollEvery: Milliseconds
  readonly settle: Milliseconds
  readonly whenInAlarmAtStart: 'refuse' | 'ignore'
  readonly whenInsufficientData: 'wait' | 'pass' | 'fail'
  readonly minInvocations: number
  readonly maxExtension: Milliseconds
}

export type WatchAlarm =
  | { readonly kind: 'existing'; readonly name: string }
  | { readonly kind: 'like'; readonly like: string }
  | {
      readonly kind: 'metric'
      readonly metric: string
      readonly stat: string
      readonly above: number
      /** What `above` is written in; latencies are milliseconds here and microseconds in CloudWatch. */
      readonly unit: 'milliseconds' | 'count' | 'rate'
      readonly breaches: { readonly count: number; readonly of: number }
      /** One evaluation period, a multiple of 60 000. */
      readonly period: Milliseconds
    }

/** Approvers only; still verifies and still compensates. */
export interface Emergency {
  readonly reason: string
  readonly skip: readonly ('staging' | 'approval' | 'bake' | 'freeze')[]
  readonly ignoreAlarms: readonly string[]
}
