import type { OnTarget, Snapshot } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { readConfig } from '../aws/read-config.ts'
import { readEndpoint } from '../aws/read-endpoint.ts'
import { readScaling } from '../aws/read-scaling.ts'
import { fail } from '../failure.ts'
import { busy, isMoving } from './standing.ts'

/** The endpoint as it is while it rests: config, live weights and counts, resolved images, scaling. Busy while it moves. */
export async function snapshotEndpoint(
  deps: Dependencies,
  on: OnTarget & { readonly restore?: string },
): Promise<Snapshot> {
  const { aws, clockRate } = deps
  const { target, rolloutId } = on
  const sagemaker = aws.sagemaker(target, rolloutId)
  const endpoint = await readEndpoint(sagemaker, target.endpoint, { tags: true })
  if (!endpoint) return { endpoint: null, config: null, scaling: [] }
  if (isMoving(endpoint)) throw busy(endpoint, clockRate)
  if (endpoint.status !== 'InService') {
    throw fail(
      'Refused',
      `endpoint ${target.key} is ${endpoint.status}` +
        `${endpoint.failureReason ? ` (${endpoint.failureReason})` : ''}, and a rollout needs it InService. ` +
        'Repair or delete it first.',
    )
  }
  const [config, scaling] = await Promise.all([
    readConfig(sagemaker, endpoint.configName),
    readScaling(
      aws.autoscaling(target, rolloutId),
      target.endpoint,
      endpoint.variants.map((variant) => variant.name),
    ),
  ])
  if (!config) {
    throw fail(
      'NotFound',
      `config ${endpoint.configName}, which endpoint ${target.key} is on, does not exist. ` +
        'Somebody deleted it while it was in use: create it again, or move the endpoint to another config.',
    )
  }
  const restore = on.restore === undefined ? null : await readConfig(sagemaker, on.restore)
  return { endpoint, config: config.request, scaling, ...(restore && { restore: restore.request }) }
}
