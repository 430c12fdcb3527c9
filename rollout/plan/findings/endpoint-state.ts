import { allTargets, factsOf } from '../context.ts'
import type { Finding } from '../types.ts'
import type { Find } from './finding.ts'
import { error, warning } from './finding.ts'

const passing: Readonly<Record<string, string>> = {
  Creating: 'is being created',
  Updating: 'is being updated',
  SystemUpdating: 'is in maintenance',
  RollingBack: 'is rolling back',
}

/** An endpoint that rests can be changed; one that moves is waited for; one that failed needs a person first. */
export const findEndpointState: Find = (context) =>
  allTargets(context).flatMap(({ target, path }): readonly Finding[] => {
    const { endpoint, holder } = factsOf(context, target.key)
    if (!endpoint || endpoint.status === 'InService') return []
    const at = { path, target: target.key }
    const doing = passing[endpoint.status]
    // Under another rollout's hands it moves because of that one.
    if (doing && holder) return []
    if (doing)
      return [
        warning(
          'endpoint-busy',
          at,
          `endpoint ${target.key} ${doing} (${endpoint.status})`,
          'the rollout waits until it rests; nothing to do if that is expected',
        ),
      ]
    const why = endpoint.failureReason ? `: ${endpoint.failureReason}` : ''
    return [
      error(
        'endpoint-failed',
        at,
        `endpoint ${target.key} is ${endpoint.status}${why}; it must be InService`,
        endpoint.status === 'UpdateRollbackFailed'
          ? `it may serve a mix of fleets: move it to a config that works with \`aws sagemaker update-endpoint --region ${target.region} --endpoint-name ${target.endpoint} --endpoint-config-name …\``
          : 'repair it, or delete it so that this rollout creates it anew',
      ),
    ]
  })
