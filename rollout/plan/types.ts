import type { Approval, Document, HttpTest, Milliseconds, StagingTest } from '../document/types.ts'
import type { ArtifactPin, ConfigRequest } from '../facts.ts'
import type { Place, Target } from '../target.ts'

/** Everything a rollout will do, decided before it does anything. The workflow runs exactly this. */
export interface Plan {
  /** Null in a preview: the names then carry `xxxxxxxx` where the rollout's own hash will be. */
  readonly rolloutId: string | null
  /** `fraud-scorer v38` */
  readonly title: string
  readonly clockRate: number
  /** Hash over what matters; another digest under the locks than at approval opens a gate. */
  readonly digest: string
  readonly steps: readonly PlannedStep[]
  readonly promote?: PromotePlan
  readonly artifacts: readonly ArtifactCopy[]
  readonly images: readonly ImageCopy[]
  readonly staging?: PlannedTarget
  /** Sorted by key; `wave` counts from 1. */
  readonly targets: readonly PlannedTarget[]
  /** AWS resources that will be made, by name. */
  readonly resources: readonly { readonly type: string; readonly name: string; readonly place: string }[]
  readonly findings: readonly Finding[]
  /** Instances at the peak and for how long both fleets are paid. */
  readonly peaks: readonly {
    readonly target: string
    readonly instances: number
    readonly instanceType: string
    readonly lasts: string
  }[]
  /** Advice that is no finding: `ignore_changes` for Terraform, defaults that were filled in. */
  readonly notes: readonly string[]
}

export type StepKind =
  | 'preflight'
  | 'promote'
  | 'replicate-artifact'
  | 'replicate-image'
  | 'staging-deploy'
  | 'staging-test'
  | 'staging-cleanup'
  | 'approval'
  | 'lock'
  | 'prepare'
  | 'shift'
  | 'bake'
  | 'gate'
  | 'promoted'
  | 'commit'
  | 'record'

export interface PlannedStep {
  /** From 1, in the order in which the steps run. */
  readonly number: number
  /** Stable over re-planning: `wave-1/shift-10`. */
  readonly id: string
  /** `eu-west-1: shift 10 % of traffic to v38` */
  readonly title: string
  readonly kind: StepKind
  readonly wave?: number
  /** Keys of the targets it works on. */
  readonly targets: readonly string[]
  /** Percent, for `shift` (and, for `bake`, the weight that bakes). */
  readonly weight?: number
  /** Document time, for `bake` and `promoted`. */
  readonly duration?: Milliseconds
  readonly approval?: Approval
  /** Index into the document's tests, for `staging-test`. */
  readonly test?: number
  /** Index into `artifacts` or `images`, for `replicate-*`. */
  readonly copy?: number
}

/** `code` is stable (`alarm-pins-other-variant`); `path` points into the document where there is a place. */
export interface Finding {
  readonly severity: 'error' | 'warning'
  readonly code: string
  readonly path?: string
  readonly target?: string
  /** What was found, and what is allowed. */
  readonly message: string
  /** What to do about it. */
  readonly cure: string
}

export interface PromotePlan {
  readonly to: Place
  readonly groupArn: string
  readonly group: string
  readonly status: 'Approved' | 'PendingManualApproval'
  readonly clientToken: string
  /** What the package calls it → what the registered version will call it. */
  readonly rewrites: {
    readonly artifacts: Readonly<Record<string, string>>
    readonly images: Readonly<Record<string, string>>
  }
}

/** One `s3://` reference of the package, copied to one account and Region. */
export interface ArtifactCopy {
  readonly source: string
  readonly kind: 'object' | 'prefix'
  readonly pin: ArtifactPin
  /** The package's own account and Region. */
  readonly from: Place
  readonly destination: string
  readonly to: Place
  readonly bytes: number
  readonly objects: number
  readonly kmsKey?: string
}

/** One image brought to one account and Region; `remap` and `none` only verify that it is there. */
export interface ImageCopy {
  readonly mode: 'copy' | 'replicated' | 'remap' | 'none'
  readonly source: string
  readonly digest: string
  readonly from: Place
  /** `<account>.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:…` */
  readonly destination: string
  readonly repository: string
  readonly to: Place
  readonly bytes: number
}

/** One endpoint with everything that was decided about it. */
export interface PlannedTarget extends Target {
  /** Not `role`: that is the IAM role of the place. */
  readonly stage: 'staging' | 'production'
  readonly wave?: number
  readonly action: 'update' | 'create'
  /** The variant whose name never changes; for a first deployment the name it will have. */
  readonly stableVariant: string
  readonly names: TargetNames
  readonly candidate: CandidateSpec
  /** What the package calls it → what the model in this target uses. */
  readonly rewrites: {
    readonly artifacts: Readonly<Record<string, string>>
    readonly images: Readonly<Record<string, string>>
  }
  readonly alarms: readonly PlannedAlarm[]
  /** Percent of the first shift: what the candidate's instances are counted for when it is prepared. */
  readonly firstWeight?: number
  /** Human-readable differences from what is there now (`instance type ml.m5.large → ml.m5.xlarge`). */
  readonly differences: readonly string[]
  /** Set on a rollout that undoes a committed one: the config to go back to. */
  readonly restoreConfig?: string
}

/** All ≤ 63 characters and made of the rollout id and the content: the same name means the same thing. */
export interface TargetNames {
  readonly model: string
  readonly bakeConfig: string
  readonly finalConfig: string
  /** Used when the original config cannot be gone back to because live counts or weights differ from it. */
  readonly revertConfig: string
  readonly candidateVariant: string
}

/** What the candidate's variant, model and (for create) config are made of. */
export interface CandidateSpec {
  readonly instanceCount: number
  /** ProductionVariant members other than names, weight, model and count, already merged over stable's. */
  readonly variant: Readonly<Record<string, unknown>>
  /** Config members beside the variants (data capture, KMS key, …) already merged over stable's. */
  readonly config: Omit<ConfigRequest, 'ProductionVariants'>
  readonly model: {
    readonly executionRole: string
    readonly vpc?: { readonly subnets: readonly string[]; readonly securityGroups: readonly string[] }
    readonly networkIsolation?: boolean
    /** How several containers are called; of no meaning for one. */
    readonly invocation?: 'serial' | 'direct'
    /** Laid over every container's own environment. */
    readonly environment: Readonly<Record<string, string>>
  }
  readonly tags: Readonly<Record<string, string>>
}

export type PlannedAlarm =
  | { readonly kind: 'existing'; readonly name: string; readonly ignored?: boolean }
  | { readonly kind: 'like'; readonly name: string; readonly like: string }
  | {
      readonly kind: 'metric'
      readonly name: string
      readonly metric: string
      readonly stat: string
      /** In CloudWatch's own unit. */
      readonly threshold: number
      /** Seconds. */
      readonly period: number
      readonly datapointsToAlarm: number
      readonly evaluationPeriods: number
    }

/** Kept short: a test together with what it needs to run. */
export type PlannedTest = StagingTest
export type { Document, HttpTest }
