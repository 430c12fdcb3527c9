import type { Freeze, FreezeTime } from '../rollout/calendar/types.ts'
import type { HttpTest, Milliseconds, StagingTest } from '../rollout/document/types.ts'
import type { ConfigRequest, EndpointFacts, Holder, ScalingFacts } from '../rollout/facts.ts'
import type {
  ArtifactCopy,
  CandidateSpec,
  ImageCopy,
  Plan,
  PlannedAlarm,
  PromotePlan,
} from '../rollout/plan/types.ts'
import type { Place, Target } from '../rollout/target.ts'
import type { AlarmSeen, Measurement, Verdict } from '../rollout/view.ts'
import type { Message, PlanInput } from '../workflows/messages.ts'

/**
 * Every activity that the workflows call. All are idempotent: run twice, killed anywhere, answered late, they leave the
 * same AWS behind. They throw only `ApplicationFailure`s of the types in `rollout/failure.ts`.
 *
 * Three kinds, told apart by how the workflow calls them:
 *  - calls: seconds; retried by Temporal without limit for retryable types;
 *  - polls: look, mostly once an attempt, and throw `NotYet` (BENIGN, nextRetryDelay) until it is so or the deadline is over. State goes through
 *    heartbeat details; time is `currentAttemptScheduledTimestampMs`; deadlines are real epoch milliseconds;
 *  - copies: minutes to hours, one long heartbeating attempt, resumable.
 */
export interface Activities {
  // --- plan and registry (activities/planning, activities/registry) ---
  /** Reads AWS and Temporal, and plans. Changes nothing. */
  readPlan(input: PlanInput): Promise<Plan>
  registerPackage(
    input: RegisterPackage,
  ): Promise<{ readonly arn: string; readonly version: number; readonly created: boolean }>
  /** Heartbeats `CopyProgress`. */
  copyArtifact(input: { readonly rolloutId: string; readonly copy: ArtifactCopy }): Promise<CopyResult>
  /** Heartbeats `CopyProgress`. Also does `replicated` (waits), `remap` and `none` (verifies). */
  copyImage(input: { readonly rolloutId: string; readonly copy: ImageCopy }): Promise<CopyResult>

  /** Refused, saying why, when a fleet of these variants would not start again as it runs now (lost artifact, moved tag). */
  checkRestart(input: OnTarget & { readonly variants: readonly RunningVariant[] }): Promise<void>

  // --- one endpoint (activities/endpoint) ---
  /** With `restore`, also that config, to go back to. */
  snapshotEndpoint(input: OnTarget & { readonly restore?: string }): Promise<Snapshot>
  /** Models are built from the package's raw containers, which are read here so that environments never enter a history. */
  ensureModel(input: EnsureModel): Promise<void>
  ensureConfig(input: EnsureConfig): Promise<void>
  /** Creates the endpoint, or accepts the one that this rollout created. */
  createEndpoint(
    input: OnTarget & { readonly config: string; readonly tags: Readonly<Record<string, string>> },
  ): Promise<void>
  /** Asks for the config, unless it is already there or on its way. Conflict if the endpoint is not as `expected`. */
  updateEndpoint(input: OnTarget & { readonly config: string; readonly expected: Fingerprint }): Promise<void>
  /** Asks for weights, unless they are already so. Conflict if the endpoint is not as `expected` (weights may be as asked). */
  setWeights(
    input: OnTarget & { readonly weights: Readonly<Record<string, number>>; readonly expected: Fingerprint },
  ): Promise<void>
  /** Raises one variant to at least `count` instances; never lowers. Returns the count it will have. */
  ensureCapacity(
    input: OnTarget & { readonly variant: string; readonly count: number; readonly expected: Fingerprint },
  ): Promise<{ readonly count: number }>
  /** Poll: until the endpoint rests (or the deadline is over), then says how it is against `expect`. */
  awaitEndpoint(input: AwaitEndpoint): Promise<Settled>
  /** Invokes the candidate alone, through TargetVariant, with inference ids that begin `sluice-`. Throws Unhealthy. */
  smokeTest(
    input: OnTarget & {
      readonly variant: string
      readonly invoke?: { readonly contentType: string; readonly body: string }
    },
  ): Promise<{ readonly measurements: readonly Measurement[] }>

  suspendScaling(input: OnTarget & { readonly scaling: readonly ScalingFacts[] }): Promise<void>
  /** Puts targets, policies and scheduled actions back as they were in the snapshot, whatever is there now. */
  restoreScaling(input: OnTarget & { readonly scaling: readonly ScalingFacts[] }): Promise<void>
  /** Needed before an instance type changes under a scalable target. */
  removeScaling(input: OnTarget & { readonly variants: readonly string[] }): Promise<void>
  /** Gives the candidate a temporary scalable target like stable's, with at least `min` instances. */
  cloneScaling(
    input: OnTarget & {
      readonly from: readonly ScalingFacts[]
      readonly variant: string
      readonly min: number
    },
  ): Promise<void>

  ensureAlarms(
    input: OnTarget & {
      readonly alarms: readonly PlannedAlarm[]
      readonly stableVariant: string
      readonly variant: string
    },
  ): Promise<void>
  deleteAlarms(input: OnTarget & { readonly names: readonly string[] }): Promise<void>
  /** Poll: heartbeats `WatchHeartbeat`. Ends only with a verdict that is not Pass; cancelled when the target needs no watching any more. */
  watchTarget(input: WatchTarget): Promise<Verdict>
  /** Poll: judges a bake that is over, waiting for late metrics and, as far as allowed, for more evidence. */
  judgeBake(
    input: JudgeBake,
  ): Promise<{ readonly verdict: Verdict; readonly measurements: readonly Measurement[] }>

  /** Each verifies that nothing refers to it any more and that this rollout made it; absent is success. */
  deleteConfig(input: OnTarget & { readonly name: string }): Promise<void>
  deleteModel(input: OnTarget & { readonly name: string }): Promise<void>
  /** Asks for deletion (after waiting out Creating/Updating as Busy) of an endpoint that this rollout created, and polls until gone. */
  deleteEndpoint(input: OnTarget): Promise<void>
  /** Deletes configs and models of earlier rollouts of this endpoint that neither the live nor the previous config refers to. */
  prune(
    input: OnTarget & { readonly live: string; readonly previous: string },
  ): Promise<{ readonly deleted: readonly string[] }>

  // --- staging tests (activities/testing) ---
  /** invoke, dataset and load run in one heartbeating attempt. */
  runTest(input: RunTest): Promise<TestResult>
  /** Poll: the signed POST to the team's own service and the polling of what it answered. */
  runHttpTest(input: RunTest & { readonly http: HttpTest; readonly deadline: number }): Promise<TestResult>

  // --- freezes (activities/freezes) ---
  /** The freezes that hold for a model now, without those that were broken. */
  readFreezes(question: FreezeQuestion): Promise<readonly FreezeTime[]>
  /** Poll: ends when none of them holds any more. */
  awaitThaw(question: FreezeQuestion): Promise<void>

  // --- the rest ---
  /** Of the rollout that asks for it, as it says itself that it is. */
  writeRecord(input: {
    readonly rolloutId: string
    readonly place: Place
    readonly to: string
  }): Promise<{ readonly uri: string }>
  /** True if the message was signed by our API for this rollout. */
  verifyMessage(input: { readonly rolloutId: string; readonly message: Message }): Promise<boolean>
  /** Who holds a target's lock, if anyone. */
  findHolder(input: { readonly key: string }): Promise<Holder | null>
  /** Whether a workflow is still open. */
  isOpen(input: WorkflowReference): Promise<boolean>
  /** Poll without a deadline: until a workflow is not open any more; a child watches its parent. */
  awaitClosed(input: WorkflowReference & { readonly pollEvery: Milliseconds }): Promise<void>
}

export interface FreezeQuestion {
  /** Name of the document. */
  readonly model: string
  /** Freezes of the document itself. */
  readonly own: readonly Freeze[]
  readonly broken: readonly FreezeTime[]
}

/** Every activity on an endpoint gets this; the rollout id names the role session and the owner tag. */
export interface OnTarget {
  readonly rolloutId: string
  readonly target: Target
}

export interface WorkflowReference {
  readonly workflowId: string
  readonly runId?: string
}

/** A variant in service, and what it runs. */
export interface RunningVariant {
  readonly name: string
  readonly model: string
  /** Resolved images by digest, in container order. */
  readonly images: readonly string[]
}

export interface RegisterPackage {
  readonly rolloutId: string
  readonly source: { readonly arn: string; readonly place: Place }
  readonly promote: PromotePlan
  readonly rewrites: {
    readonly artifacts: Readonly<Record<string, string>>
    readonly images: Readonly<Record<string, string>>
  }
}

export interface CopyProgress {
  readonly objects: number
  readonly objectsTotal: number
  readonly bytes: number
  readonly bytesTotal: number
}

export interface CopyResult {
  readonly destination: string
  readonly objects: number
  readonly bytes: number
  /** Objects or layers that were there already. */
  readonly skipped: number
}

/** What must be unchanged since we last looked. Instance counts are no part of it: autoscaling moves them. */
export interface Fingerprint {
  readonly createdAt: string
  readonly config: string
  /** Desired weights by variant name. */
  readonly weights: Readonly<Record<string, number>>
}

export interface Snapshot {
  /** Null: there is no endpoint yet. */
  readonly endpoint: EndpointFacts | null
  /** The config in use, without name and tags. */
  readonly config: ConfigRequest | null
  readonly scaling: readonly ScalingFacts[]
  /** The config that was asked for with `restore`. */
  readonly restore?: ConfigRequest
}

export interface EnsureModel extends OnTarget {
  readonly name: string
  readonly source: { readonly arn: string; readonly place: Place }
  readonly rewrites: {
    readonly artifacts: Readonly<Record<string, string>>
    readonly images: Readonly<Record<string, string>>
  }
  readonly model: CandidateSpec['model']
  readonly tags: Readonly<Record<string, string>>
}

export interface EnsureConfig extends OnTarget {
  readonly name: string
  readonly request: ConfigRequest
  readonly tags: Readonly<Record<string, string>>
}

export interface AwaitEndpoint extends OnTarget {
  readonly pollEvery: Milliseconds
  readonly deadline: number
  readonly expect: {
    readonly createdAt?: string
    readonly config: string
    /** Desired and current weights that must both be so; absent: not compared. */
    readonly weights?: Readonly<Record<string, number>>
    /** Minimum current (= desired) instance counts; absent: not compared. */
    readonly counts?: Readonly<Record<string, number>>
  }
  /** The config that was there before our update, to tell SageMaker's own rollback from somebody else's change. */
  readonly previous?: string
}

export interface Settled {
  readonly state:
    | 'as-expected'
    /** InService on the config from before our update: SageMaker undid it. */
    | 'rolled-back'
    /** Neither ours nor the previous: somebody else changed it. */
    | 'conflict'
    | 'failed'
    | 'rollback-failed'
    | 'gone'
    | 'timed-out'
  readonly reason: string
  readonly endpoint: EndpointFacts | null
}

export interface WatchTarget extends OnTarget {
  readonly alarms: readonly PlannedAlarm[]
  readonly pollEvery: Milliseconds
  /** Real time, epoch milliseconds, from which a red alarm counts: the candidate takes traffic. */
  readonly since: number
  /** How long looking may fail before that is a verdict (Inconclusive, could-not-look). */
  readonly patience: Milliseconds
}

/** What a watch heartbeats: what its next look must know, and what people are shown meanwhile. */
export interface WatchHeartbeat {
  /** Looking fails, in a row; epoch milliseconds. */
  readonly blind?: { readonly since: number; readonly error: string }
  /** The last look missed an alarm; once may be a slip of CloudWatch, twice means that it was deleted. */
  readonly missed?: boolean
  /** Epoch milliseconds of the last look that succeeded. */
  readonly looked?: number
  /** What that look saw. */
  readonly alarms?: readonly AlarmSeen[]
}

export interface JudgeBake extends OnTarget {
  readonly alarms: readonly PlannedAlarm[]
  readonly variant: string
  /** Real time, epoch milliseconds, from which a red alarm counts: the candidate takes traffic. */
  readonly since: number
  /** Real time, epoch milliseconds. */
  readonly from: number
  readonly to: number
  readonly pollEvery: Milliseconds
  readonly settle: Milliseconds
  /** Real time until which the bake may be extended for more evidence. */
  readonly extendUntil: number
  readonly minInvocations: number
  readonly whenInsufficientData: 'wait' | 'pass' | 'fail'
  /** Number of the step, for the measurements. */
  readonly step: number
  /** The endpoint must still be so, else the verdict is Fail by `endpoint`. */
  readonly expected: Fingerprint
}

export interface RunTest extends OnTarget {
  readonly test: StagingTest
  readonly step: number
  /** Package ARN, for the team's own test service. */
  readonly package: string
  /** Place of the package, whose credentials read dataset objects. */
  readonly from: Place
}

export interface TestResult {
  readonly passed: boolean
  readonly message: string
  readonly measurements: readonly Measurement[]
}
