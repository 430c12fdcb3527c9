import {
  CreateEndpointConfigCommand,
  DeleteEndpointConfigCommand,
  DescribeEndpointConfigCommand,
  type CreateEndpointConfigInput,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker'
import { Context } from '@temporalio/activity'
import type { EnsureConfig } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { isAlreadyExists } from '../aws/predicates.ts'
import { readTags } from '../aws/read-endpoint.ts'
import { fail, isFailure } from '../failure.ts'
import { firstDifference } from './includes.ts'
import { isOurs, nameIn, ownerTags, toTagList } from './ownership.ts'
import { absentAsNull } from '../aws/absent-as-null.ts'
import { readJustMade } from './presence.ts'
import { readConfigsInUse } from './references.ts'

/** Real milliseconds before a new config is looked for again within one attempt; a retry by the server takes a second and more. */
const lookAgainAfter = [100, 300, 900] as const

/**
 * Creates the config, or accepts the same one that this rollout created before. One of ours that differs (autoscaling moved
 * the live counts between two tries) is made anew as long as no endpoint has it. Returns only when it can be read: configs
 * are eventually consistent, and UpdateEndpoint would not find it (Settling until then).
 */
export async function ensureConfig(deps: Dependencies, input: EnsureConfig): Promise<void> {
  const sagemaker = deps.aws.sagemaker(input.target, input.rolloutId)
  const request = { ...input.request, EndpointConfigName: input.name } as unknown as CreateEndpointConfigInput
  const create = () =>
    sagemaker.send(
      new CreateEndpointConfigCommand({ ...request, Tags: toTagList(ownerTags(input, input.tags)) }),
    )
  try {
    await create()
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
    const different = await differenceFromOurs(sagemaker, input, request)
    if (different === null) return
    await discard(deps, sagemaker, input, different)
    await create()
  }
  await readable(sagemaker, input)
}

async function readable(sagemaker: SageMakerClient, input: EnsureConfig): Promise<void> {
  for (const pause of lookAgainAfter) {
    try {
      await describe(sagemaker, input)
      return
    } catch (error) {
      if (!isFailure(error, 'Settling')) throw error
      await Context.current().sleep(pause)
    }
  }
  await describe(sagemaker, input)
}

function describe(sagemaker: SageMakerClient, input: EnsureConfig) {
  return readJustMade(nameIn(input, 'endpoint config', input.name), () =>
    sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: input.name })),
  )
}

async function differenceFromOurs(
  sagemaker: SageMakerClient,
  input: EnsureConfig,
  request: CreateEndpointConfigInput,
): Promise<string | null> {
  const found = await describe(sagemaker, input)
  if (!isOurs(input, await readTags(sagemaker, found.EndpointConfigArn!))) {
    const what = nameIn(input, 'endpoint config', input.name)
    throw fail('Conflict', `${what} exists already and was not made by this rollout. Delete or rename it.`)
  }
  return firstDifference(request, found)
}

/** Never one that an endpoint has: SageMaker would not see the new content, and could not restart the endpoint meanwhile. */
async function discard(
  deps: Dependencies,
  sagemaker: SageMakerClient,
  input: EnsureConfig,
  different: string,
): Promise<void> {
  const user = (await readConfigsInUse(deps, input)).configs.get(input.name)
  if (user) {
    const what = nameIn(input, 'endpoint config', input.name)
    throw fail(
      'Conflict',
      `${what} differs from what this rollout needs in ${different}, and endpoint ${user.endpoint} already has it.`,
    )
  }
  await absentAsNull(() =>
    sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: input.name })),
  )
}
