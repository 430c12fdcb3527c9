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
export async function readOwnReferences(
  { aws, clockRate }: Pick<Dependencies, 'aws' | 'clockRate'>,
  { target, rolloutId }: Pick<OnTarget, 'target' | 'rolloutId'>,
): Promise<References> {
  const found = nothing()
  await readInto(found, {
    sagemaker: aws.sagemaker(target, rolloutId),
    inTurn: (one) => patiently(clockRate, one),
    names: [target.endpoint],
    withModels: true,
  })
  return found
}

/** Endpoints that change faster than they are read must not keep anybody reading. */
const mostPasses = 5

/** What changes or appears while the others are read is read after them. */
async function read(
  sagemaker: SageMakerClient,
  inTurn: ReadInTurn,
  withModels: boolean,
): Promise<References> {
  const found = nothing()
  const changedAt = new Map<string, number | undefined>()
  for (let pass = 1; pass <= mostPasses; pass++) {
    const names: string[] = []
    for await (const page of paginateListEndpoints({ client: sagemaker, pageSize: 100 }, {})) {
      for (const { EndpointName: name = '', LastModifiedTime } of page.Endpoints ?? []) {
        const at = LastModifiedTime?.getTime()
        if (changedAt.has(name) && changedAt.get(name) === at) continue
        changedAt.set(name, at)
        names.push(name)
      }
    }
    if (names.length === 0) break
    await readInto(found, { sagemaker, inTurn, names, withModels })
  }
  return found
}

interface Found extends References {
  readonly configs: Map<string, User>
  readonly models: Map<string, User>
  readonly unreadable: Unreadable[]
}

const nothing = (): Found => ({ configs: new Map(), models: new Map(), unreadable: [] })

interface Reading {
  readonly sagemaker: SageMakerClient
  readonly inTurn: ReadInTurn
  readonly names: readonly string[]
  readonly withModels: boolean
}

async function readInto(
  { configs, models, unreadable }: Found,
  { sagemaker, inTurn, names, withModels }: Reading,
): Promise<void> {
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
      const used = await reading
      // Perhaps the endpoint has left it meanwhile, and it was deleted after that.
      if (!used && !again) return look(name, true)
      if (!used) unreadable.push({ endpoint: name, config, changedAt: endpoint.LastModifiedTime!.getTime() })
      for (const model of used ?? []) models.set(model, user)
    }
  }
  await inParallel(names, atOnce, (name) => look(name))
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
