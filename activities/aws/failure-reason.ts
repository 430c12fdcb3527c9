import type { FailureType } from '../../rollout/failure.ts'

/**
 * What an endpoint's or variant's FailureReason means. Only three kinds of text are known; the rest counts as the
 * candidate's own fault, because a container that does not start is by far the most frequent.
 */
export function classifyFailureReason(
  reason: string | undefined,
): Extract<FailureType, 'Capacity' | 'Transient' | 'Unhealthy'> {
  if (/CapacityError|InsufficientInstanceCapacity|insufficient capacity/i.test(reason ?? ''))
    return 'Capacity'
  if (/^Request to service failed/i.test(reason ?? '')) return 'Transient'
  return 'Unhealthy'
}
