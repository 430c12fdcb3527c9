import type { PutScalingPolicyRequest } from '@aws-sdk/client-application-auto-scaling'

/**
 * A target-tracking policy of one variant as a request for another: dimensions that name the first name the second. Null
 * for other kinds of policy, which work only with alarms of their own.
 */
export function policyFor(
  policy: Readonly<Record<string, unknown>>,
  from: string,
  to: string,
): PutScalingPolicyRequest | null {
  if (policy.PolicyType !== 'TargetTrackingScaling') return null
  return renamed(policy, from, to) as PutScalingPolicyRequest
}

function renamed(value: unknown, from: string, to: string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, from, to))
  if (typeof value !== 'object' || value === null) return value
  if ('Name' in value && 'Value' in value && value.Name === 'VariantName' && value.Value === from) {
    return { ...value, Value: to }
  }
  return Object.fromEntries(
    Object.entries(value).map(([member, inner]) => [member, renamed(inner, from, to)]),
  )
}
