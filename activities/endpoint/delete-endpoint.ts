import { Context } from '@temporalio/activity'
import { DeleteEndpointCommand } from '@aws-sdk/client-sagemaker'
import type { OnTarget } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { readEndpoint } from '../aws/read-endpoint.ts'
import { poll } from '../poll.ts'
import { absentAsNull } from '../aws/absent-as-null.ts'
import { isOurs } from './ownership.ts'
import { busy, isMoving } from './standing.ts'

const lookAgainAfter = 5_000

/** Poll: asks for deletion of an endpoint that this rollout created, and waits until it is gone. */
export async function deleteEndpoint(deps: Dependencies, on: OnTarget): Promise<void> {
  const { target, rolloutId } = on
  const sagemaker = deps.aws.sagemaker(target, rolloutId)
  return poll<void>({
    every: Math.max(100, lookAgainAfter / deps.clockRate),
    stay: deps.stay,
    look: async () => {
      const endpoint = await readEndpoint(sagemaker, target.endpoint, { tags: true })
      if (!endpoint) return { done: true, value: undefined }
      if (!isOurs(on, endpoint.tags)) {
        Context.current().log.warn(`endpoint ${target.key} was not made by this rollout and is left alone`)
        return { done: true, value: undefined }
      }
      if (endpoint.status !== 'Deleting') {
        // A new endpoint with a bad container stays Creating for half an hour and cannot be deleted meanwhile.
        if (isMoving(endpoint)) throw busy(endpoint, deps.clockRate)
        await absentAsNull(() => sagemaker.send(new DeleteEndpointCommand({ EndpointName: target.endpoint })))
      }
      return { done: false, waitingFor: `endpoint ${target.endpoint} is being deleted` }
    },
  })
}
