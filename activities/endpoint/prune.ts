import {
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  paginateListEndpointConfigs,
  paginateListModels,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker'
import type { Activities, OnTarget } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { readConfig } from '../aws/read-config.ts'
import { readTags } from '../aws/read-endpoint.ts'
import { heartbeating } from '../heartbeat.ts'
import { endpointTag, rolloutTag } from './ownership.ts'
import { absentAsNull } from './presence.ts'
import { modelsOf, patiently, readReferences } from './references.ts'

/** Every name that Sluice gives ends in eight characters of a hash; only such are asked for their tags. */
const ownNames = /-[0-9a-z]{8}$/

interface Found {
  readonly name: string
  readonly arn: string
}

/**
 * Deletes configs and models that rollouts of this endpoint left behind and that neither the live nor the previous config,
 * nor any endpoint of the account and Region, refers to. Images and artifacts stay.
 */
export async function prune(
  deps: Dependencies,
  input: Parameters<Activities['prune']>[0],
): Promise<{ readonly deleted: readonly string[] }> {
  const client = deps.aws.sagemaker(input.target, input.rolloutId)
  const { clockRate } = deps
  const deleted: string[] = []
  const work = async () => {
    const inUse = await readReferences(client, clockRate, { models: true })
    const kept = new Set([input.live, input.previous])
    const keptModels = new Set<string>()
    for (const name of kept) {
      const config = await patiently(clockRate, () => readConfig(client, name))
      for (const model of modelsOf(config?.request)) keptModels.add(model)
    }
    const ours = await ofThisEndpoint(client, input, clockRate, await listConfigs(client))
    for (const { name } of ours.filter(({ name }) => !kept.has(name) && !inUse.configs.has(name))) {
      await patiently(clockRate, () =>
        absentAsNull(() => client.send(new DeleteEndpointConfigCommand({ EndpointConfigName: name }))),
      )
      deleted.push(name)
    }
    const models = await ofThisEndpoint(client, input, clockRate, await listModels(client))
    for (const { name } of models.filter(({ name }) => !keptModels.has(name) && !inUse.models.has(name))) {
      await patiently(clockRate, () =>
        absentAsNull(() => client.send(new DeleteModelCommand({ ModelName: name }))),
      )
      deleted.push(name)
    }
  }
  await heartbeating(() => ({ deleted: deleted.length }), work)
  return { deleted }
}

async function ofThisEndpoint(
  client: SageMakerClient,
  { target }: OnTarget,
  clockRate: number,
  found: readonly Found[],
): Promise<readonly Found[]> {
  const ours: Found[] = []
  for (const one of found.filter(({ name }) => ownNames.test(name))) {
    const tags = await patiently(clockRate, () => absentAsNull(() => readTags(client, one.arn)))
    if (tags?.[endpointTag] === target.key && tags[rolloutTag] !== undefined) ours.push(one)
  }
  return ours
}

async function listConfigs(client: SageMakerClient): Promise<Found[]> {
  const found: Found[] = []
  for await (const page of paginateListEndpointConfigs({ client, pageSize: 100 }, {})) {
    for (const one of page.EndpointConfigs ?? []) {
      found.push({ name: one.EndpointConfigName!, arn: one.EndpointConfigArn! })
    }
  }
  return found
}

async function listModels(client: SageMakerClient): Promise<Found[]> {
  const found: Found[] = []
  for await (const page of paginateListModels({ client, pageSize: 100 }, {})) {
    for (const one of page.Models ?? []) found.push({ name: one.ModelName!, arn: one.ModelArn! })
  }
  return found
}
