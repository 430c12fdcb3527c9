import type { RolloutLinks } from '../answers.ts'
import type { ApiContext } from '../context.ts'
import { rolloutWorkflowId } from '../../workflows/messages.ts'

/** Where to look further at a rollout; `runId` is needed when Temporal kept several runs of one id. */
export function linksOf(context: ApiContext, id: string, runId?: string): RolloutLinks {
  const { temporalUiUrl, client } = context
  const self = `/v1/rollouts/${encodeURIComponent(id)}`
  const workflow = encodeURIComponent(rolloutWorkflowId(id))
  const run = runId === undefined ? '' : `/${runId}/history`
  return {
    self,
    events: `${self}/events`,
    plan: `${self}/plan`,
    ...(temporalUiUrl === undefined
      ? {}
      : {
          temporal: `${temporalUiUrl}/namespaces/${encodeURIComponent(client.options.namespace)}/workflows/${workflow}${run}`,
        }),
  }
}
