import { paginateListEndpoints, type SageMakerClient } from '@aws-sdk/client-sagemaker'
import type { EndpointFacts } from '../../rollout/facts.ts'
import { inParallel } from '../aws/in-parallel.ts'
import { patiently } from '../aws/patiently.ts'
import { readConfig } from '../aws/read-config.ts'
import { readEndpoint } from '../aws/read-endpoint.ts'
import { shareNext } from './share-next.ts'
import { isMoving } from './standing.ts'

/** Who uses a config or model. */
export interface User {
  readonly endpoint: string
  /** The endpoint is on its way somewhere, so it may let go by itself. */
  readonly moving: boolean
}

/** Everything that the endpoints of one account and Region have in use or are about to. */
export interface References {
  readonly configs: ReadonlyMap<string, User>
  readonly models: ReadonlyMap<string, User>
}

const atOnce = 4

const configsOnly = shareNext<References>()
const configsAndModels = shareNext<References>()

/**
 * Deleting a config or model in use is accepted by AWS and hurts at its next maintenance, so every endpoint is asked; once for
 * all targets of a rollout that want to know in the same moment.
 */
export function readReferences(
  sagemaker: SageMakerClient,
  clockRate: number,
  { models }: { readonly models: boolean },
): Promise<References> {
  const share = models ? configsAndModels : configsOnly
  return share(sagemaker, () => read(sagemaker, clockRate, models))
}

async function read(sagemaker: SageMakerClient, clockRate: number, withModels: boolean): Promise<References> {
  const names: string[] = []
  for await (const page of paginateListEndpoints({ client: sagemaker, pageSize: 100 }, {})) {
    for (const { EndpointName } of page.Endpoints ?? []) if (EndpointName) names.push(EndpointName)
  }
  const endpoints = await inParallel(names, atOnce, (name) =>
    patiently(clockRate, () => readEndpoint(sagemaker, name)),
  )
  const configs = new Map<string, User>()
  for (const endpoint of endpoints) {
    if (!endpoint) continue
    for (const config of configsOf(endpoint)) {
      configs.set(config, { endpoint: endpoint.name, moving: isMoving(endpoint) })
    }
  }
  const models = new Map<string, User>()
  if (!withModels) return { configs, models }
  await inParallel([...configs], atOnce, async ([name, user]) => {
    const config = await patiently(clockRate, () => readConfig(sagemaker, name))
    for (const model of modelsOf(config?.request)) models.set(model, user)
  })
  return { configs, models }
}

function configsOf(endpoint: EndpointFacts): string[] {
  return [endpoint.configName, endpoint.pendingConfigName ?? ''].filter((name) => name !== '')
}

/** Names of the models that a config refers to, shadows included. */
export function modelsOf(request: Readonly<Record<string, unknown>> | undefined): readonly string[] {
  return ['ProductionVariants', 'ShadowProductionVariants'].flatMap((list) =>
    ((request?.[list] ?? []) as readonly { readonly ModelName?: string }[]).flatMap(
      ({ ModelName }) => ModelName ?? [],
    ),
  )
}
