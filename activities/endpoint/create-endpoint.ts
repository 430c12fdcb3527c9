import { CreateEndpointCommand } from '@aws-sdk/client-sagemaker'
import type { Activities } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { isAlreadyExists } from '../aws/predicates.ts'
import { readEndpoint } from '../aws/read-endpoint.ts'
import { fail } from '../failure.ts'
import { isOurs, ownerTags, toTagList } from './ownership.ts'
import { busy, conflict } from './standing.ts'

/** Creates the endpoint, or accepts the one that this rollout created before on the same config. */
export async function createEndpoint(
  deps: Dependencies,
  input: Parameters<Activities['createEndpoint']>[0],
): Promise<void> {
  const { target, config } = input
  const sagemaker = deps.aws.sagemaker(target, input.rolloutId)
  try {
    await sagemaker.send(
      new CreateEndpointCommand({
        EndpointName: target.endpoint,
        EndpointConfigName: config,
        Tags: toTagList(ownerTags(input, input.tags)),
      }),
    )
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
    const found = await readEndpoint(sagemaker, target.endpoint, { tags: true })
    if (!found)
      throw fail('Transient', `endpoint ${target.key} existed a moment ago and is gone; it is tried again`)
    if (!isOurs(input, found.tags)) {
      throw fail('Conflict', `endpoint ${target.key} exists already and was not made by this rollout.`)
    }
    if (found.status === 'Deleting') throw busy(found, deps.clockRate)
    const on = found.pendingConfigName ?? found.configName
    // A new endpoint may not name its config before it is in service.
    if (on !== '' && on !== config)
      throw conflict(`endpoint ${target.key} is on config ${on}, not on ${config}`)
  }
}
