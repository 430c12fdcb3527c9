import type { ApplicationFailure } from '@temporalio/common'
import { sameWeights } from '../../rollout/deploy/fingerprint.ts'
import type { EndpointFacts } from '../../rollout/facts.ts'
import type { Fingerprint } from '../contract.ts'
import { fail } from '../failure.ts'

/** Statuses in which SageMaker refuses every change; each ends by itself. */
const moving = ['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting']

/** Whether the endpoint is on its way to another status and takes no change meanwhile. */
export function isMoving({ status }: Pick<EndpointFacts, 'status'>): boolean {
  return moving.includes(status)
}

const lookAgainAfter = 5_000

/** To be thrown while the endpoint is moving: waited out, then decided anew. */
export function busy(endpoint: EndpointFacts, clockRate: number): ApplicationFailure {
  const why = endpoint.status === 'SystemUpdating' ? ' (maintenance by AWS)' : ''
  return fail('Busy', `endpoint ${endpoint.name} is ${endpoint.status}${why}; it is waited for`, {
    delay: Math.max(100, lookAgainAfter / clockRate),
    benign: true,
  })
}

/** Desired weights by variant. */
export function desiredWeights({ variants }: EndpointFacts): Readonly<Record<string, number>> {
  return Object.fromEntries(variants.map((variant) => [variant.name, variant.desiredWeight]))
}

/** What somebody else changed since the fingerprint was taken, in words; null when nothing. */
export function changeSince(expected: Fingerprint, endpoint: EndpointFacts): string | null {
  const { name } = endpoint
  if (endpoint.createdAt !== expected.createdAt) {
    return `endpoint ${name} was deleted and created again at ${endpoint.createdAt}`
  }
  if (endpoint.configName !== expected.config) {
    return `endpoint ${name} is on config ${endpoint.configName}, and Sluice left it on ${expected.config}`
  }
  const weights = desiredWeights(endpoint)
  if (!sameWeights(expected.weights, weights)) {
    return `endpoint ${name} has the weights ${write(weights)}, and Sluice left ${write(expected.weights)}`
  }
  return null
}

/** To be thrown when somebody else changed what a rollout works on. */
export function conflict(found: string): ApplicationFailure {
  return fail(
    'Conflict',
    `${found}. Somebody else changed it; Sluice stops there and leaves their change alone.`,
  )
}

const write = (weights: Readonly<Record<string, number>>): string =>
  Object.entries(weights)
    .map(([name, weight]) => `${name}=${weight}`)
    .join(', ') || 'none'
