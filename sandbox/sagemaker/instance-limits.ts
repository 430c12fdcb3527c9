import { AwsError, type World } from '../core/types.ts'
import { limitOf, quotaName } from '../quotas/state.ts'
import type { SageMakerState } from './state.ts'

/** Instances by type. */
export type InstanceCounts = ReadonlyMap<string, number>

const add = (counts: Map<string, number>, type: string | undefined, count: number) => {
  if (type !== undefined) counts.set(type, (counts.get(type) ?? 0) + count)
}

/** Adds up instances by type, leaving serverless variants out. */
export const countInstances = (
  entries: Iterable<{ readonly type: string | undefined; readonly count: number }>,
): InstanceCounts => {
  const counts = new Map<string, number>()
  for (const { type, count } of entries) add(counts, type, count)
  return counts
}

/** Instances that endpoints of this account and Region hold now, those that are being launched included. */
export const instancesInUse = (state: SageMakerState): InstanceCounts =>
  countInstances(
    [...state.endpoints.values()].flatMap((endpoint) => [
      ...[...endpoint.variants, ...endpoint.shadows].map((variant) => ({
        type: variant.config.InstanceType as string | undefined,
        count: Math.max(variant.currentCount, variant.desiredCount),
      })),
      ...(endpoint.pending?.variants ?? []).map(({ config, count }) => ({
        type: config.InstanceType as string | undefined,
        count,
      })),
    ]),
  )

/** Refuses a request for more instances than the account may have. Throws ResourceLimitExceeded in SageMaker's words. */
export const checkInstanceLimit = (world: World, state: SageMakerState, wanted: InstanceCounts): void => {
  const used = instancesInUse(state)
  for (const [type, delta] of wanted) {
    const limit = limitOf(world, state.accountId, state.region, type)
    const utilization = used.get(type) ?? 0
    if (utilization + delta <= limit) continue
    throw new AwsError(
      'ResourceLimitExceeded',
      `The account-level service limit '${quotaName(type)}' is ${limit} Instances, with current utilization of ${utilization} Instances and a request delta of ${delta} Instances. Please use AWS Service Quotas to request an increase for this quota. If AWS Service Quotas is not available, contact AWS support to request an increase for this quota.`,
    )
  }
}
