import { paginateListEndpoints, type SageMakerClient } from '@aws-sdk/client-sagemaker'
import type { EndpointFacts } from '../../rollout/facts.ts'
import { inParallel } from '../aws/in-parallel.ts'
import { patiently } from '../aws/patiently.ts'
import { readConfigRequest } from '../aws/read-config.ts'
import { readEndpoint } from '../aws/read-endpoint.ts'
import { unhurried, type ReadInTurn } from '../aws/unhurried.ts'
import type { OnTarget } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
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
 * all targets, of whichever rollout, that want to know in the same moment.
 */
export function readReferences(
  deps: Pick<Dependencies, 'aws' | 'clockRate'>,
  { target, rolloutId }: Pick<OnTarget, 'target' | 'rolloutId'>,
  { models }: { readonly models: boolean },
): Promise<References> {
  const share = models ? configsAndModels : configsOnly
  const reading = (): Promise<References> =>
    read(deps.aws.sagemaker(target, rolloutId), unhurried(deps, target), models)
  return share(deps, target, reading)
}

/** As `readReferences`, at once and for itself: for what holds up the way forward. */
export function readConfigsInUse(
  { aws, clockRate }: Pick<Dependencies, 'aws' | 'clockRate'>,
  { target, rolloutId }: Pick<OnTarget, 'target' | 'rolloutId'>,
): Promise<References> {
  return read(aws.sagemaker(target, rolloutId), (one) => patiently(clockRate, one), false)
}

async function read(
  sagemaker: SageMakerClient,
  inTurn: ReadInTurn,
  withModels: boolean,
): Promise<References> {
  const names: string[] = []
  for await (const page of paginateListEndpoints({ client: sagemaker, pageSize: 100 }, {})) {
    for (const { EndpointName } of page.Endpoints ?? []) if (EndpointName) names.push(EndpointName)
  }
  const endpoints = await inParallel(names, atOnce, (name) => inTurn(() => readEndpoint(sagemaker, name)))
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
    const request = await inTurn(() => readConfigRequest(sagemaker, name))
    for (const model of modelsOf(request ?? undefined)) models.set(model, user)
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
