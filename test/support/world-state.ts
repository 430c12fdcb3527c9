/** The whole sandbox as `/_sandbox/state` gives it, in the parts that the check reads. */
export interface WorldState {
  readonly endpoints: readonly EndpointRow[]
  readonly endpointConfigs: readonly (Row & {
    readonly input: { readonly ProductionVariants: readonly { readonly ModelName: string }[] }
  })[]
  readonly models: readonly Row[]
  readonly alarms: readonly Row[]
  readonly scalableTargets: readonly ScalingRow[]
  readonly scalingPolicies: readonly ScalingRow[]
  readonly scheduledActions: readonly ScalingRow[]
  readonly modelPackages: readonly {
    readonly arn: string
    readonly input: { readonly CustomerMetadataProperties?: Record<string, string> }
  }[]
  readonly buckets: readonly { readonly name: string; readonly uploads: readonly unknown[] }[]
}

/** A target, policy or action of autoscaling as it was put there. */
export type ScalingRow = Row & Readonly<Record<string, unknown>>

export interface Row {
  readonly accountId: string
  readonly region: string
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
}

export interface EndpointRow extends Row {
  readonly status: string
  readonly config: string
  readonly pendingConfig?: string
  readonly variants: readonly {
    readonly name: string
    readonly model: string
    readonly currentWeight: number
    readonly desiredWeight: number
    readonly currentCount: number
    readonly desiredCount: number
  }[]
}

export async function readWorld({
  sandbox,
}: {
  readonly sandbox: { readonly url: string }
}): Promise<WorldState> {
  const response = await fetch(`${sandbox.url}/_sandbox/state`)
  return (await response.json()) as WorldState
}

/** `account/region/name` */
export const keyOf = (row: Row): string => `${row.accountId}/${row.region}/${row.name}`
