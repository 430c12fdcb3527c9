import { Context } from '@temporalio/activity'
import {
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  paginateListEndpointConfigs,
  paginateListModels,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker'
import type { Activities } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { inParallel } from '../aws/in-parallel.ts'
import { patiently } from '../aws/patiently.ts'
import { readConfig } from '../aws/read-config.ts'
import { readTags } from '../aws/read-endpoint.ts'
import { unhurried, type ReadInTurn } from '../aws/unhurried.ts'
import { heartbeating } from '../heartbeat.ts'
import { endpointTag, rolloutTag } from './ownership.ts'
import { absentAsNull } from '../aws/absent-as-null.ts'
import { mayUse, modelsOf, readOwnReferences, readReferences, type References } from './references.ts'
import { shareNext } from './share-next.ts'

/** Every name that Sluice gives ends in eight characters of a hash; only such are asked for their tags. */
const ownNames = /-[0-9a-z]{8}$/
const atOnce = 4

interface Found {
  readonly name: string
  readonly arn: string
  /** Milliseconds since 1970. */
  readonly madeAt: number
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
  const inTurn = unhurried(deps, input.target)
  const deleted: string[] = []
  const work = async () => {
    const kept = new Set([input.live, input.previous])
    const keptModels = new Set<string>()
    for (const name of kept) {
      const config = await patiently(clockRate, () => readConfig(client, name))
      // Nobody can say which models serve: nothing is known to be unused, and the next rollout looks again.
      if (!config && name === input.live) return
      for (const model of modelsOf(config?.request)) keptModels.add(model)
    }
    const [configs, models, others] = await Promise.all([
      ownedConfigs(deps, input.target, () => readOwned(client, inTurn, listConfigs)),
      ownedModels(deps, input.target, () => readOwned(client, inTurn, listModels)),
      readReferences(deps, input, { models: true }),
    ])
    // All of that may have taken its time.
    const own = await readOwnReferences(deps, input)
    if (!own.configs.has(input.live)) return
    const mine = ({ endpoint }: Owned): boolean => endpoint === input.target.key
    const unusedConfigs = configs.filter(
      (one) =>
        mine(one) && !kept.has(one.name) && !others.configs.has(one.name) && !own.configs.has(one.name),
    )
    const unusedModels = models.filter(
      (one) =>
        mine(one) && !keptModels.has(one.name) && !others.models.has(one.name) && !own.models.has(one.name),
    )
    const surely = unusedModels.filter(({ madeAt }) => !mayUse(others, madeAt) && !mayUse(own, madeAt))
    warnOfDoubt(input.target.key, unusedModels.length - surely.length, others)
    for (const { name } of unusedConfigs) {
      await patiently(clockRate, () =>
        absentAsNull(() => client.send(new DeleteEndpointConfigCommand({ EndpointConfigName: name }))),
      )
      deleted.push(name)
    }
    for (const { name } of surely) {
      await patiently(clockRate, () =>
        absentAsNull(() => client.send(new DeleteModelCommand({ ModelName: name }))),
      )
      deleted.push(name)
    }
  }
  await heartbeating(() => ({ deleted: deleted.length }), work)
  return { deleted }
}

function warnOfDoubt(target: string, count: number, { unreadable }: References): void {
  if (count === 0) return
  const who = unreadable.map(({ endpoint, config }) => `${endpoint} (${config})`).join(', ')
  Context.current().log.warn(
    `${count} old models of ${target} are kept: endpoints whose configs were deleted may use them: ${who}`,
  )
}

/** Whose endpoint it was made for, when a rollout made it. */
interface Owned extends Found {
  readonly endpoint: string
}

const ownedConfigs = shareNext<readonly Owned[]>()
const ownedModels = shareNext<readonly Owned[]>()

async function readOwned(
  client: SageMakerClient,
  inTurn: ReadInTurn,
  list: (client: SageMakerClient) => Promise<readonly Found[]>,
): Promise<readonly Owned[]> {
  const found = await list(client)
  const named = found.filter(({ name }) => ownNames.test(name))
  const read = await inParallel(named, atOnce, async (one): Promise<readonly Owned[]> => {
    const tags = await inTurn(() => absentAsNull(() => readTags(client, one.arn)))
    const endpoint = tags?.[endpointTag]
    return endpoint !== undefined && tags?.[rolloutTag] !== undefined ? [{ ...one, endpoint }] : []
  })
  return read.flat()
}

async function listConfigs(client: SageMakerClient): Promise<Found[]> {
  const found: Found[] = []
  for await (const page of paginateListEndpointConfigs({ client, pageSize: 100 }, {})) {
    for (const one of page.EndpointConfigs ?? []) {
      found.push({
        name: one.EndpointConfigName!,
        arn: one.EndpointConfigArn!,
        madeAt: one.CreationTime!.getTime(),
      })
    }
  }
  return found
}

async function listModels(client: SageMakerClient): Promise<Found[]> {
  const found: Found[] = []
  for await (const page of paginateListModels({ client, pageSize: 100 }, {})) {
    for (const one of page.Models ?? []) {
      found.push({ name: one.ModelName!, arn: one.ModelArn!, madeAt: one.CreationTime!.getTime() })
    }
  }
  return found
}
