import type { World } from '../core/types.ts'
import { remember } from './describe-endpoint.ts'
import type { Endpoint, EndpointStatus, SageMakerState, Variant } from './state.ts'

const upperSnake = (status: string) => status.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()

/** Resolves after a sandbox duration; never, when the world is reset meanwhile. */
export const pause = (world: World, sandboxMs: number): Promise<void> =>
  new Promise((resolve) => void world.clock.after(sandboxMs, resolve))

/** Moves an endpoint to a status and tells EventBridge. */
export const setStatus = (
  world: World,
  state: SageMakerState,
  endpoint: Endpoint,
  status: EndpointStatus,
): void => {
  endpoint.status = status
  endpoint.modifiedAt = world.clock.now()
  remember(world, state, endpoint)
  world.emit({
    accountId: state.accountId,
    region: state.region,
    detailType: 'SageMaker Endpoint State Change',
    resources: [endpoint.arn],
    detail: {
      EndpointName: endpoint.name,
      EndpointArn: endpoint.arn,
      EndpointConfigName: endpoint.configName,
      EndpointStatus: upperSnake(status),
      FailureReason: endpoint.failureReason,
      CreationTime: endpoint.createdAt,
      LastModifiedTime: endpoint.modifiedAt,
      ProductionVariants: endpoint.variants.map((variant: Variant) => ({
        VariantName: variant.name,
        DesiredWeight: variant.desiredWeight,
        CurrentWeight: variant.currentWeight,
        DesiredInstanceCount: variant.desiredCount,
        CurrentInstanceCount: variant.currentCount,
      })),
    },
  })
}

/** Whether SageMaker refuses every change of the endpoint now. */
export const isInProgress = ({ status }: Endpoint): boolean =>
  ['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'].includes(status)

/** Whether the endpoint answers invocations. */
export const isServing = ({ status, variants }: Endpoint): boolean =>
  variants.length > 0 && status !== 'Creating' && status !== 'Failed'
