import type { EndpointFacts } from '../../facts.ts'
import { factsOf } from '../context.ts'
import type { Finding } from '../types.ts'
import type { Find } from './finding.ts'
import { error } from './finding.ts'

const reasons: Readonly<Record<EndpointFacts['features'][number], string>> = {
  serverless: 'it is serverless, which allows a single variant',
  async: 'it is asynchronous, which allows a single variant',
  shadow:
    'it has a shadow variant (of its own config or of an inference experiment), which allows exactly one production variant beside it',
  components: 'it serves inference components, which roll out by themselves',
}

/** Traffic moves by the weights of variants: only real-time endpoints on instances with one live variant can do that. */
export const findEndpointKind: Find = (context) => {
  return context.production.flatMap(({ target, path }): readonly Finding[] => {
    const { endpoint } = factsOf(context, target.key)
    if (!endpoint) return []
    const at = { path, target: target.key }
    const live = endpoint.variants.filter((variant) => variant.desiredWeight > 0)
    const shifted = endpoint.features.map((feature) =>
      error(
        'endpoint-cannot-shift',
        at,
        `endpoint ${target.key} cannot be shifted by weights: ${reasons[feature]}`,
        feature === 'shadow'
          ? 'stop the inference experiment, or take the shadow variant out of the config, first'
          : 'leave this endpoint out of the document',
      ),
    )
    if (endpoint.features.length > 0) return shifted
    if (live.length > 1)
      return [
        error(
          'several-live-variants',
          at,
          `endpoint ${target.key} has ${live.length} live variants (${live.map(({ name }) => name).join(', ')}); exactly one may take traffic`,
          'give all traffic to one of them first (UpdateEndpointWeightsAndCapacities)',
        ),
      ]
    if (live.length === 0)
      return [
        error(
          'no-live-variant',
          at,
          `no variant of endpoint ${target.key} takes traffic: all weights are 0`,
          'give its variant a weight above 0 first',
        ),
      ]
    if (endpoint.variants.length > 9)
      return [
        error(
          'too-many-variants',
          at,
          `endpoint ${target.key} has ${endpoint.variants.length} variants; with the candidate there may be 10`,
          'remove variants that take no traffic',
        ),
      ]
    return []
  })
}
