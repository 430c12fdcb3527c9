import {
  DescribeEndpointCommand,
  paginateListEndpoints,
  type DescribeEndpointOutput,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker'
import { absentAsNull } from '../aws/absent-as-null.ts'
import { inParallel } from '../aws/in-parallel.ts'
import { patiently } from '../aws/patiently.ts'
import { readConfigRequest } from '../aws/read-config.ts'
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

/** An endpoint whose config was deleted: nobody can say any more which models it uses. */
export interface Unreadable {
  readonly endpoint: string
  readonly config: string
  /** Milliseconds since 1970 when it was changed last: it cannot use what was made after that. */
  readonly changedAt: number
}

/** Everything that the endpoints of one account and Region have in use or are about to. */
export interface References {
  readonly configs: ReadonlyMap<string, User>
  readonly models: ReadonlyMap<string, User>
  /** Empty when models were not asked for. */
  readonly unreadable: readonly Unreadable[]
}

/** The endpoint that may use a model which was made then (milliseconds since 1970), though its config does not say so. */
export function mayUse({ unreadable }: References, madeAt: number): Unreadable | undefined {
  return unreadable.find(({ changedAt }) => changedAt >= madeAt)
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

/** What the target's own endpoint has in use now: of all it is the likeliest to have changed while the others were read. */
export function readOwnReferences(
  { aws, clockRate }: Pick<Dependencies, 'aws' | 'clockRate'>,
  { target, rolloutId }: Pick<OnTarget, 'target' | 'rolloutId'>,
): Promise<References> {
  const inTurn: ReadInTurn = (one) => patiently(clockRate, one)
  return readOf(aws.sagemaker(target, rolloutId), inTurn, [target.endpoint], true)
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
  return readOf(sagemaker, inTurn, names, withModels)
}

async function readOf(
  sagemaker: SageMakerClient,
  inTurn: ReadInTurn,
  names: readonly string[],
  withModels: boolean,
): Promise<References> {
  const configs = new Map<string, User>()
  const models = new Map<string, User>()
  const unreadable: Unreadable[] = []
  const modelsIn = new Map<string, Promise<readonly string[] | null>>()
  const readModels = async (config: string): Promise<readonly string[] | null> => {
    const request = await inTurn(() => readConfigRequest(sagemaker, config))
    return request && modelsOf(request)
  }
  const look = async (name: string, again = false): Promise<void> => {
    const endpoint = await inTurn(() => describe(sagemaker, name))
    if (!endpoint) return
    const user = { endpoint: name, moving: isMoving({ status: endpoint.EndpointStatus! }) }
    for (const config of configsOf(endpoint)) {
      configs.set(config, user)
      if (!withModels) continue
      const reading = modelsIn.get(config) ?? readModels(config)
      modelsIn.set(config, reading)
      const found = await reading
      // Perhaps the endpoint has left it meanwhile, and it was deleted after that.
      if (!found && !again) return look(name, true)
      if (!found) unreadable.push({ endpoint: name, config, changedAt: endpoint.LastModifiedTime!.getTime() })
      for (const model of found ?? []) models.set(model, user)
    }
  }
  await inParallel(names, atOnce, (name) => look(name))
  return { configs, models, unreadable }
}

const describe = (sagemaker: SageMakerClient, EndpointName: string) =>
  absentAsNull(() => sagemaker.send(new DescribeEndpointCommand({ EndpointName })))

function configsOf({ EndpointConfigName, PendingDeploymentSummary }: DescribeEndpointOutput): string[] {
  return [EndpointConfigName, PendingDeploymentSummary?.EndpointConfigName].filter(
    (name) => !!name,
  ) as string[]
}

/** Names of the models that a config refers to, shadows included. */
export function modelsOf(request: Readonly<Record<string, unknown>> | undefined): readonly string[] {
  return ['ProductionVariants', 'ShadowProductionVariants'].flatMap((list) =>
    ((request?.[list] ?? []) as readonly { readonly ModelName?: string }[]).flatMap(
      ({ ModelName }) => ModelName ?? [],
    ),
  )
}
