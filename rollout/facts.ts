import type { FreezeTime } from './calendar/types.ts'

/**
 * What was read from AWS and Temporal before planning: plain data, so that `plan` stays a pure function. A thing that
 * could not be read is said with its reason, never left out: absence always means "does not exist".
 */
export type Unreadable = { readonly unreadable: string }

export interface Facts {
  /** ISO time of the reading. */
  readonly readAt: string
  /** See `SLUICE_CLOCK_RATE`; every wait of the rollout is divided by it. */
  readonly clockRate: number
  readonly package: PackageFacts | Unreadable
  /** One entry for every `s3://` reference of the package, by the URI as written. */
  readonly artifacts: Readonly<Record<string, ArtifactFacts | Unreadable>>
  /** One entry for every image of the package, by the image as written. */
  readonly images: Readonly<Record<string, ImageFacts | Unreadable>>
  readonly promote?: PromoteFacts | Unreadable
  /** By target key; staging's target is among them. */
  readonly targets: Readonly<Record<string, TargetFacts>>
  /** Freezes that hold for this model now or begin within the next seven days. */
  readonly freezes: readonly FreezeTime[]
  /** The record bucket, when the document names one. */
  readonly record?: BucketFacts
}

export interface PackageFacts {
  readonly arn: string
  readonly accountId: string
  readonly region: string
  readonly group: string
  readonly version: number
  readonly status: string
  readonly approval: string
  readonly containers: readonly PackageContainer[]
  /** Every `s3://` reference with where it stands (`InferenceSpecification.Containers[0].ModelDataUrl`). */
  readonly references: readonly ArtifactReference[]
  /** Instance types that the package says it runs on; empty when it does not say. */
  readonly instanceTypes: readonly string[]
  /** Reasons why this package cannot be rolled out at all (Marketplace product, hub, JumpStart, manifest). */
  readonly refused: readonly string[]
}

export interface PackageContainer {
  readonly hostname?: string
  readonly image: string
  readonly imageDigest?: string
  readonly artifacts: readonly string[]
}

export interface ArtifactReference {
  readonly uri: string
  readonly kind: 'object' | 'prefix'
  readonly field: string
}

/** `pin` is what must still be true when the copy runs. */
export interface ArtifactFacts {
  readonly uri: string
  readonly kind: 'object' | 'prefix'
  readonly bytes: number
  readonly objects: number
  readonly pin: ArtifactPin
}

/** For an object its version id (if the bucket keeps versions) and ETag; for a prefix a hash over keys, sizes, ETags. */
export interface ArtifactPin {
  readonly etag: string
  readonly versionId?: string
}

export interface ImageFacts {
  readonly image: string
  readonly kind: 'ecr' | 'aws-owned' | 'public'
  readonly accountId: string
  readonly region: string
  readonly repository: string
  readonly tag?: string
  readonly digest: string
  readonly bytes: number
}

export interface PromoteFacts {
  readonly groupExists: boolean
  /** A version that was registered from the same source package already. */
  readonly existing?: { readonly arn: string; readonly version: number }
  /** The bucket that artifacts for the group are copied to, when they are. */
  readonly bucket?: BucketFacts
  /** By name, as for a target. */
  readonly repositories?: Readonly<Record<string, RepositoryFacts>>
}

export interface TargetFacts {
  readonly key: string
  /** Set when the account could not be entered: all else is empty then. */
  readonly denied?: string
  /** Absent: there is no such endpoint. */
  readonly endpoint?: EndpointFacts
  readonly config?: ConfigFacts | Unreadable
  /** The model that stable serves; `problems` name what is missing or unreadable of it. */
  readonly stableModel?: StableModelFacts
  readonly scaling: readonly ScalingFacts[]
  /** By alarm name; null: there is no such alarm. */
  readonly alarms: Readonly<Record<string, AlarmFacts | null>>
  /** Mean invocations a minute over the last seven days (document time), by variant; absent: unknown. */
  readonly traffic?: { readonly perMinute: number }
  /** By instance type: how many instances the account may have for endpoints, and how many are in use. */
  readonly quotas: Readonly<Record<string, { readonly limit: number; readonly used: number } | Unreadable>>
  readonly bucket?: BucketFacts
  readonly repositories: Readonly<Record<string, RepositoryFacts>>
  /** AWS-owned images in this Region: by source image, the digest there or the reason. */
  readonly remapped: Readonly<
    Record<string, { readonly image: string; readonly digest: string } | Unreadable>
  >
  /** Another rollout that holds this target's lock. */
  readonly holder?: Holder
}

/** What the candidate's model copies from stable's, and what is missing or unreadable of it. */
export interface StableModelFacts {
  readonly name: string
  readonly problems: readonly string[]
  readonly executionRole?: string
  readonly vpc?: { readonly subnets: readonly string[]; readonly securityGroups: readonly string[] }
  readonly networkIsolation?: boolean
  /** Where it has several containers. */
  readonly invocation?: 'serial' | 'direct'
}

export interface Holder {
  readonly rolloutId: string
  readonly phase: string
}

export interface BucketFacts {
  readonly name: string
  readonly exists: boolean
  /** Why it cannot be used, if it cannot. */
  readonly problem?: string
}

export interface RepositoryFacts {
  readonly exists: boolean
  /** A lifecycle rule that would expire what Sluice pushes, in words. */
  readonly expires?: string
  readonly problem?: string
}

/** The part of DescribeEndpoint that Sluice decides on. */
export interface EndpointFacts {
  readonly name: string
  readonly arn: string
  readonly status: string
  readonly createdAt: string
  readonly configName: string
  /** The config of an update that is under way. */
  readonly pendingConfigName?: string
  readonly failureReason?: string
  readonly variants: readonly VariantFacts[]
  readonly tags: Readonly<Record<string, string>>
  /** What this endpoint is that cannot be shifted by weights, if it is (`serverless`, `async`, `shadow`, `components`). */
  readonly features: readonly ('serverless' | 'async' | 'shadow' | 'components')[]
}

export interface VariantFacts {
  readonly name: string
  readonly currentWeight: number
  readonly desiredWeight: number
  readonly currentCount: number
  readonly desiredCount: number
  /** Resolved images by digest, in container order. */
  readonly images: readonly string[]
}

/** The endpoint config as AWS gave it, for copying: `request` is a CreateEndpointConfig input without name and tags. */
export interface ConfigFacts {
  readonly name: string
  readonly request: ConfigRequest
  readonly createdBySluice: boolean
}

/** A CreateEndpointConfig request without its name and tags; unknown members are carried through unchanged. */
export interface ConfigRequest {
  readonly ProductionVariants: readonly VariantRequest[]
  readonly [member: string]: unknown
}

export interface VariantRequest {
  readonly VariantName: string
  readonly ModelName?: string
  readonly InstanceType?: string
  readonly InitialInstanceCount?: number
  readonly InitialVariantWeight?: number
  readonly [member: string]: unknown
}

export interface ScalingFacts {
  readonly variant: string
  readonly min: number
  readonly max: number
  readonly roleArn?: string
  readonly suspended: { readonly in: boolean; readonly out: boolean; readonly scheduled: boolean }
  /** PutScalingPolicy and PutScheduledAction requests that recreate what is there. */
  readonly policies: readonly Readonly<Record<string, unknown>>[]
  readonly scheduledActions: readonly Readonly<Record<string, unknown>>[]
}

export interface AlarmFacts {
  readonly name: string
  readonly kind: 'metric' | 'composite'
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'
  readonly reason: string
  /** The VariantName dimensions that it looks at, also through math and, for composites, through its children. */
  readonly variants: readonly string[]
  /** True if at least one of its metrics is not pinned to any variant of this endpoint, so it sees the candidate too. */
  readonly seesEveryVariant: boolean
  /** period × evaluation periods in milliseconds (document time); the longest child's for composites. */
  readonly window: number
}
