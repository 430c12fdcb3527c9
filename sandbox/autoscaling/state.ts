import type { World } from '../core/types.ts'

type Wire = Readonly<Record<string, any>>

export const DIMENSION = 'sagemaker:variant:DesiredInstanceCount'

export interface ScalableTarget {
  readonly resourceId: string
  readonly dimension: string
  readonly arn: string
  readonly createdAt: number
  readonly min: number
  readonly max: number
  readonly roleArn: string
  readonly suspended: {
    readonly DynamicScalingInSuspended: boolean
    readonly DynamicScalingOutSuspended: boolean
    readonly ScheduledScalingSuspended: boolean
  }
  readonly tags: Map<string, string>
}

export interface ScalingPolicy {
  readonly name: string
  readonly arn: string
  readonly resourceId: string
  readonly dimension: string
  readonly createdAt: number
  readonly input: Wire
  /** Real ms of the last change of capacity that this policy made. */
  lastScaledAt?: number
}

export interface ScheduledAction {
  readonly name: string
  readonly arn: string
  readonly resourceId: string
  readonly dimension: string
  readonly createdAt: number
  readonly input: Wire
}

export interface ScalingActivity {
  readonly id: string
  readonly resourceId: string
  readonly dimension: string
  readonly description: string
  readonly cause: string
  readonly startedAt: number
  endedAt: number | undefined
  status: 'InProgress' | 'Successful' | 'Failed'
  message: string | undefined
}

/** Application Auto Scaling in one account and Region, for endpoint variants. */
export interface AutoScalingState {
  readonly accountId: string
  readonly region: string
  /** By resource id and dimension. */
  readonly targets: Map<string, ScalableTarget>
  readonly policies: Map<string, ScalingPolicy>
  readonly actions: Map<string, ScheduledAction>
  readonly activities: ScalingActivity[]
  /** Set while the scaler runs here; see the control `scaler`. */
  stopScaling: (() => void) | undefined
}

export const autoScalingState = (world: World, accountId: string, region: string): AutoScalingState =>
  world.state('application-autoscaling', accountId, region, () => ({
    accountId,
    region,
    targets: new Map(),
    policies: new Map(),
    actions: new Map(),
    activities: [],
    stopScaling: undefined,
  }))

/** `endpoint/<name>/variant/<variant>`, the resource id of a variant. */
export const resourceIdOf = (endpoint: string, variant: string): string =>
  `endpoint/${endpoint}/variant/${variant}`

/** The variants of an endpoint that are registered as scalable targets. */
export const scaledVariants = (state: AutoScalingState, endpoint: string): readonly string[] =>
  [...state.targets.values()].flatMap(({ resourceId }) => {
    const [, name, , variant] = resourceId.split('/')
    return name === endpoint && variant !== undefined ? [variant] : []
  })

/** Removes a target with its policies and scheduled actions. */
export const removeTarget = (state: AutoScalingState, resourceId: string): void => {
  for (const [key, target] of state.targets) if (target.resourceId === resourceId) state.targets.delete(key)
  for (const [key, policy] of state.policies) if (policy.resourceId === resourceId) state.policies.delete(key)
  for (const [key, action] of state.actions) if (action.resourceId === resourceId) state.actions.delete(key)
}
