import { UpdateEndpointCommand, UpdateEndpointWeightsAndCapacitiesCommand } from '@aws-sdk/client-sagemaker'
import type { EndpointFacts } from '../../rollout/facts.ts'
import type { Activities, Fingerprint, OnTarget } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { readEndpoint } from '../aws/read-endpoint.ts'
import { fail } from '../failure.ts'
import { busy, changeSince, conflict, desiredWeights, isMoving } from './standing.ts'
import { sameNumber } from '../../rollout/deploy/fingerprint.ts'

type Input<Name extends keyof Activities> = Parameters<Activities[Name]>[0]

/**
 * Asks for the config, unless the endpoint has it or is on its way to it. `RetainAllVariantProperties` is never sent: the
 * config carries the live counts and weights.
 */
export async function updateEndpoint(deps: Dependencies, input: Input<'updateEndpoint'>): Promise<void> {
  const { target, config, expected } = input
  const sagemaker = deps.aws.sagemaker(target, input.rolloutId)
  const endpoint = await readEndpoint(sagemaker, target.endpoint)
  if (endpoint && isThere(endpoint, config, expected)) return
  refuseChange(deps, input, endpoint)
  await sagemaker.send(
    new UpdateEndpointCommand({ EndpointName: target.endpoint, EndpointConfigName: config }),
  )
}

function isThere(endpoint: EndpointFacts, config: string, expected: Fingerprint): boolean {
  if (endpoint.createdAt !== expected.createdAt) return false
  if (endpoint.pendingConfigName !== undefined) return endpoint.pendingConfigName === config
  return endpoint.configName === config
}

/** Asks for the weights of all variants, unless they are desired already. They never add up to 0. */
export async function setWeights(deps: Dependencies, input: Input<'setWeights'>): Promise<void> {
  const { target, weights } = input
  const entries = Object.entries(weights)
  if (!entries.some(([, weight]) => weight > 0)) {
    throw fail('Invalid', `the weights for ${target.key} add up to 0, so that nothing would serve`)
  }
  const sagemaker = deps.aws.sagemaker(target, input.rolloutId)
  const endpoint = await readEndpoint(sagemaker, target.endpoint)
  if (endpoint && areDesired(endpoint, weights, input.expected)) return
  refuseChange(deps, input, endpoint)
  await sagemaker.send(
    new UpdateEndpointWeightsAndCapacitiesCommand({
      EndpointName: target.endpoint,
      DesiredWeightsAndCapacities: entries.map(([VariantName, DesiredWeight]) => ({
        VariantName,
        DesiredWeight,
      })),
    }),
  )
}

function areDesired(
  endpoint: EndpointFacts,
  weights: Readonly<Record<string, number>>,
  expected: Fingerprint,
): boolean {
  if (endpoint.createdAt !== expected.createdAt || endpoint.configName !== expected.config) return false
  if (endpoint.pendingConfigName !== undefined && endpoint.pendingConfigName !== expected.config) return false
  const desired = desiredWeights(endpoint)
  return Object.entries(weights).every(
    ([name, weight]) => desired[name] !== undefined && sameNumber(desired[name], weight),
  )
}

/** Raises one variant to at least `count` instances and never lowers it: that is left to autoscaling. */
export async function ensureCapacity(
  deps: Dependencies,
  input: Input<'ensureCapacity'>,
): Promise<{ readonly count: number }> {
  const { target, variant: name, count } = input
  const sagemaker = deps.aws.sagemaker(target, input.rolloutId)
  const endpoint = await readEndpoint(sagemaker, target.endpoint)
  const variant = endpoint?.variants.find((one) => one.name === name)
  if (
    endpoint &&
    variant &&
    variant.desiredCount >= count &&
    changeSince(input.expected, endpoint) === null
  ) {
    return { count: variant.desiredCount }
  }
  refuseChange(deps, input, endpoint)
  await sagemaker.send(
    new UpdateEndpointWeightsAndCapacitiesCommand({
      EndpointName: target.endpoint,
      DesiredWeightsAndCapacities: [{ VariantName: name, DesiredInstanceCount: count }],
    }),
  )
  return { count }
}

/** Busy while the endpoint moves, Conflict when it rests in a way that we did not leave it in. */
function refuseChange(
  { clockRate }: Dependencies,
  { target, expected }: OnTarget & { readonly expected: Fingerprint },
  endpoint: EndpointFacts | null,
): void {
  if (!endpoint) throw conflict(`endpoint ${target.key} does not exist any more`)
  if (isMoving(endpoint)) throw busy(endpoint, clockRate)
  const change = changeSince(expected, endpoint)
  if (change !== null) throw conflict(change)
}
