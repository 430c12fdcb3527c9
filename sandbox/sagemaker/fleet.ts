import type { Call, World } from '../core/types.ts'
import { inSeries } from '../serving/behaviour.ts'
import { NotHealthy, startContainer, type Container } from '../serving/container.ts'
import { imageProblem, resolvedName } from './images.ts'
import { fetchModelData, modelDataUri } from './model-data.ts'
import { resolveContainers } from './models.ts'
import { arnOf } from './names.ts'
import type { DeployedContainer, SageMakerState, Variant, Wire } from './state.ts'

/** A fleet that does not come up; the message is what SageMaker writes as FailureReason. */
export class LaunchFailed extends Error {
  /** True when the containers started and never answered, which SageMaker notices only after its timeout. */
  readonly unhealthy: boolean
  constructor(reason: string, unhealthy = false) {
    super(reason)
    this.unhealthy = unhealthy
  }
}

/** SageMaker's own look at a package or an artifact, with the rights of the account. */
const asService = (world: World, state: SageMakerState): Call => ({
  world,
  service: 'sagemaker',
  operation: 'launch',
  principal: { accountId: state.accountId, arn: `arn:aws:iam::${state.accountId}:role/sagemaker` },
  accountId: state.accountId,
  region: state.region,
  requestId: 'launch',
})

const pingFailed = (variant: string) =>
  `The primary container for production variant ${variant} did not pass the ping health check. Please check CloudWatch logs for this endpoint.`

const launchContainer = async (
  world: World,
  state: SageMakerState,
  container: Wire,
  {
    variant,
    position,
    roleArn,
  }: { readonly variant: string; readonly position: number; readonly roleArn: string | undefined },
): Promise<DeployedContainer> => {
  const where = { accountId: state.accountId, region: state.region }
  const problem = imageProblem(world, container, where)
  if (problem) throw new LaunchFailed(problem)
  const label = container.ContainerHostname ?? `container_${position + 1}`
  const data = await fetchModelData(world, container, { ...where, roleArn })
  if ('reason' in data) {
    throw new LaunchFailed(
      data.reason === 'Unreadable'
        ? `Failed to extract model data archive from URL "${data.uri}" for container "${label}". Please ensure that the object located at the URL is a valid tar.gz archive.`
        : `Failed to download model data for container "${label}" from URL: "${data.uri}". Please ensure that there is an object located at the URL and that the role passed to CreateModel has permissions to download the object.`,
    )
  }
  let started: Container
  try {
    started = await startContainer(data.files, container.Environment ?? {})
  } catch (error) {
    if (error instanceof NotHealthy) throw new LaunchFailed(pingFailed(variant), true)
    throw error
  }
  return {
    hostname: container.ContainerHostname,
    image: container.Image,
    resolvedImage: resolvedName(world, container.Image, where),
    resolvedAt: world.clock.now(),
    modelData: modelDataUri(container),
    container: started,
  }
}

/** What to launch: an entry of an endpoint config with the weight and count that it shall have. */
export interface FleetRequest {
  readonly config: Wire
  readonly weight: number
  readonly count: number
  readonly metricConfigName?: string
}

/** Launches a variant's fleet: resolves its images, fetches its model data and starts its containers anew. Throws `LaunchFailed`. */
export const launchVariant = async (
  world: World,
  state: SageMakerState,
  { config, weight, count, metricConfigName }: FleetRequest,
): Promise<Variant> => {
  const name: string = config.VariantName
  const model = state.models.get(config.ModelName)
  if (!model) throw new LaunchFailed(`Could not find model "${arnOf(state, 'model', config.ModelName)}".`)
  const containers: DeployedContainer[] = []
  try {
    const wanted = resolveForLaunch(world, state, model.input)
    for (const [position, container] of wanted.entries()) {
      containers.push(
        await launchContainer(world, state, container, {
          variant: name,
          position,
          roleArn: model.input.ExecutionRoleArn,
        }),
      )
    }
  } catch (error) {
    for (const { container } of containers) container.stop()
    throw error
  }
  return {
    name,
    config,
    containers,
    mode: model.input.InferenceExecutionConfig?.Mode ?? 'Serial',
    behaviour: inSeries(
      (model.input.InferenceExecutionConfig?.Mode === 'Direct' ? containers.slice(0, 1) : containers).map(
        ({ container }) => container.behaviour,
      ),
    ),
    startedAt: world.clock.now(),
    currentWeight: weight,
    desiredWeight: weight,
    currentCount: count,
    desiredCount: count,
    status: [],
    metricConfigName,
  }
}

const resolveForLaunch = (world: World, state: SageMakerState, input: Wire): readonly Wire[] => {
  try {
    return resolveContainers(asService(world, state), input, { approved: false })
  } catch (error) {
    throw new LaunchFailed(error instanceof Error ? error.message : String(error))
  }
}

/** Launches several variants; when one fails, what the others started is stopped. */
export const launchFleet = async (
  world: World,
  state: SageMakerState,
  requests: readonly FleetRequest[],
): Promise<readonly Variant[]> => {
  const launched: Variant[] = []
  try {
    for (const request of requests) launched.push(await launchVariant(world, state, request))
    return launched
  } catch (error) {
    stopFleet(launched)
    throw error
  }
}

export const stopFleet = (variants: readonly Variant[]): void => {
  for (const { containers } of variants) for (const { container } of containers) container.stop()
}

/** Whether more instances of a running variant could be launched now; the reason if not. Images are pulled by their digest. */
export const whyNotLaunchable = async (
  world: World,
  state: SageMakerState,
  variant: Variant,
): Promise<string | undefined> => {
  const model = state.models.get(variant.config.ModelName)
  if (!model) return `Could not find model "${arnOf(state, 'model', variant.config.ModelName)}".`
  try {
    const containers = resolveForLaunch(world, state, model.input).map((container, index) => ({
      ...container,
      Image: variant.containers[index]?.resolvedImage ?? container.Image,
    }))
    for (const container of containers) {
      const where = { accountId: state.accountId, region: state.region }
      const image = imageProblem(world, container, where)
      if (image) return image
      const data = await fetchModelData(world, container, { ...where, roleArn: model.input.ExecutionRoleArn })
      if ('reason' in data) return `Failed to download model data from URL: "${data.uri}".`
    }
    return undefined
  } catch (error) {
    if (error instanceof LaunchFailed) return error.message
    throw error
  }
}
