import {
  CreateEndpointConfigCommand,
  DescribeEndpointConfigCommand,
  type CreateEndpointConfigInput,
} from '@aws-sdk/client-sagemaker'
import type { EnsureConfig } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { isAlreadyExists } from '../aws/predicates.ts'
import { readTags } from '../aws/read-endpoint.ts'
import { fail } from '../failure.ts'
import { firstDifference } from './includes.ts'
import { isOurs, nameIn, ownerTags, toTagList } from './ownership.ts'

/**
 * Creates the config, or accepts the same one that this rollout created before. Returns only when it can be read: configs
 * are eventually consistent, and UpdateEndpoint would not find it (Settling until then).
 */
export async function ensureConfig(deps: Dependencies, input: EnsureConfig): Promise<void> {
  const sagemaker = deps.aws.sagemaker(input.target, input.rolloutId)
  const request = { ...input.request, EndpointConfigName: input.name } as unknown as CreateEndpointConfigInput
  const describe = () => sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: input.name }))
  try {
    const Tags = toTagList(ownerTags(input, input.tags))
    await sagemaker.send(new CreateEndpointConfigCommand({ ...request, Tags }))
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
    const found = await describe()
    const what = nameIn(input, 'endpoint config', input.name)
    if (!isOurs(input, await readTags(sagemaker, found.EndpointConfigArn!))) {
      throw fail('Conflict', `${what} exists already and was not made by this rollout. Delete or rename it.`)
    }
    const different = firstDifference(request, found)
    if (different !== null) {
      throw fail(
        'Conflict',
        `${what} was made by this rollout but differs from what it needs in ${different}.`,
      )
    }
    return
  }
  await describe()
}
