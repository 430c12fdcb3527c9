import type { World } from '../core/types.ts'
import type { Container } from '../serving/container.ts'
import type { Behaviour } from '../serving/behaviour.ts'
import type { Segment } from '../serving/traffic.ts'

/** Members of a request or answer as they go over the wire. */
export type Wire = Readonly<Record<string, any>>

export interface Model {
  readonly name: string
  readonly arn: string
  readonly createdAt: number
  readonly input: Wire
}

export interface EndpointConfig {
  readonly name: string
  readonly arn: string
  readonly createdAt: number
  readonly input: Wire
}

/** A container of a running variant. */
export interface DeployedContainer {
  readonly hostname: string | undefined
  readonly image: string
  /** By digest, as it was when the fleet was launched. */
  readonly resolvedImage: string
  readonly resolvedAt: number
  /** Where its model data came from, for the state dump. */
  readonly modelData: string | undefined
  readonly container: Container
}

export interface VariantStatus {
  readonly Status: 'Creating' | 'Updating' | 'Deleting' | 'ActivatingTraffic' | 'Baking'
  readonly StatusMessage?: string
  readonly StartTime: Date
}

/** A variant with its fleet. */
export interface Variant {
  readonly name: string
  /** The variant's entry in its endpoint config. */
  readonly config: Wire
  readonly containers: readonly DeployedContainer[]
  readonly mode: 'Serial' | 'Direct'
  readonly behaviour: Behaviour
  /** When its containers started, real ms. */
  readonly startedAt: number
  currentWeight: number
  desiredWeight: number
  currentCount: number
  desiredCount: number
  status: readonly VariantStatus[]
  /** Set for fleets that a guardrail deployment brought: their metrics carry the config's name too. */
  readonly metricConfigName: string | undefined
}

/** What is being brought up; shown as `PendingDeploymentSummary`. */
export interface PendingDeployment {
  readonly configName: string
  readonly startedAt: number
  variants: readonly {
    readonly config: Wire
    readonly weight: number
    readonly count: number
    readonly status: readonly VariantStatus[]
  }[]
}

export type EndpointStatus =
  | 'Creating'
  | 'Updating'
  | 'SystemUpdating'
  | 'RollingBack'
  | 'InService'
  | 'Deleting'
  | 'Failed'
  | 'UpdateRollbackFailed'

export interface Endpoint {
  readonly name: string
  readonly arn: string
  createdAt: number
  modifiedAt: number
  status: EndpointStatus
  configName: string
  failureReason: string | undefined
  variants: readonly Variant[]
  shadows: readonly Variant[]
  pending: PendingDeployment | undefined
  lastDeploymentConfig: Wire | undefined
  dataCapture: Wire | undefined
  /** Invocations really made, for the lottery of routing. */
  invocations: number
  /** What DescribeEndpoint would have shown since when; only while it lags. */
  readonly descriptions: { readonly since: number; readonly shown: Wire }[]
  /** Called whenever a change has ended, well or not. */
  readonly onRest: () => void
}

/** The traffic that an endpoint's callers send, and what became of its fleets over time. */
export interface EndpointTraffic {
  seed: number
  /** Real ms at which the plan's timeline begins: the turn of a sandbox minute. */
  readonly epoch: number
  requestsPerSecond: number
  badRequestRate: number
  segments: Segment[]
}

export interface ModelPackageGroup {
  readonly name: string
  readonly arn: string
  readonly createdAt: number
  readonly input: Wire
  policy: string | undefined
}

export interface ModelPackage {
  readonly arn: string
  readonly group: string | undefined
  readonly name: string
  readonly version: number | undefined
  readonly createdAt: number
  readonly createdBy: string
  modifiedAt: number | undefined
  status: 'Pending' | 'InProgress' | 'Completed' | 'Failed' | 'Deleting'
  /** The request's members, as later updates changed them. */
  input: Wire
}

/** SageMaker in one account and Region. */
export interface SageMakerState {
  readonly accountId: string
  readonly region: string
  readonly models: Map<string, Model>
  readonly configs: Map<string, EndpointConfig>
  readonly endpoints: Map<string, Endpoint>
  readonly traffic: Map<string, EndpointTraffic>
  readonly groups: Map<string, ModelPackageGroup>
  readonly packages: Map<string, ModelPackage>
  /** The highest version each group ever had: a deleted version's number is not given again. */
  readonly lastVersions: Map<string, number>
  /** ARNs of packages that a `ClientToken` made. */
  readonly clientTokens: Map<string, { readonly arn: string; readonly request: string }>
  readonly tags: Map<string, Map<string, string>>
  /** Whether CloudWatch knows of the endpoints here. */
  metricsPublished: boolean
}

export const sageMakerState = (world: World, accountId: string, region: string): SageMakerState =>
  world.state('sagemaker', accountId, region, () => ({
    accountId,
    region,
    models: new Map(),
    configs: new Map(),
    endpoints: new Map(),
    traffic: new Map(),
    groups: new Map(),
    packages: new Map(),
    lastVersions: new Map(),
    clientTokens: new Map(),
    tags: new Map(),
    metricsPublished: false,
  }))
