import type { World } from '../core/types.ts'
import { reroute } from './endpoint-traffic.ts'
import { pause, setStatus } from './endpoint-status.ts'
import { LaunchFailed, launchFleet, stopFleet, type FleetRequest } from './fleet.ts'
import { trippedAlarm, waitsOf } from './guardrails.ts'
import { sageMakerSettings } from './settings.ts'
import type { Endpoint, SageMakerState, Variant, VariantStatus, Wire } from './state.ts'

/** What a CreateEndpoint or UpdateEndpoint asked for. */
export interface Deployment {
  readonly operation: 'CreateEndpoint' | 'UpdateEndpoint'
  readonly configName: string
  readonly variants: readonly FleetRequest[]
  readonly shadows: readonly FleetRequest[]
  readonly deploymentConfig: Wire | undefined
  readonly dataCapture: Wire | undefined
}

/** A deployment that SageMaker gives up. */
class GivenUp extends Error {
  readonly reason: string | undefined
  readonly mixed: boolean
  constructor(reason: string | undefined, mixed = false) {
    super(reason)
    this.reason = reason
    this.mixed = mixed
  }
}

const CAPACITY =
  'CapacityError: Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. Please retry using a different ML instance type or after some time.'
const SERVICE_FAILED = 'Request to service failed. If failure persists after retry, contact customer support.'

const startupTimeout = (world: World, { variants }: Deployment): number => {
  const seconds = variants.flatMap(({ config }) => config.ContainerStartupHealthCheckTimeoutInSeconds ?? [])
  return seconds.length ? Math.max(...seconds) * 1000 : sageMakerSettings(world).unhealthyMs
}

const show = (
  world: World,
  endpoint: Endpoint,
  deployment: Deployment,
  Status: VariantStatus['Status'],
  message: (count: number) => string,
) => {
  const at = new Date(world.clock.now())
  const startedAt = endpoint.pending?.startedAt ?? world.clock.now()
  endpoint.pending = {
    configName: deployment.configName,
    startedAt,
    variants: deployment.variants.map(({ config, weight, count }) => ({
      config,
      weight,
      count,
      status: [{ Status, StatusMessage: message(count), StartTime: at }],
    })),
  }
}

const launch = async (world: World, state: SageMakerState, endpoint: Endpoint, deployment: Deployment) => {
  const take = (kind: string) =>
    world.takeFault(kind, {
      service: 'sagemaker',
      operation: deployment.operation,
      accountId: state.accountId,
      region: state.region,
      name: endpoint.name,
    })
  const { createMs, updateMs } = sageMakerSettings(world)
  const total =
    (deployment.operation === 'CreateEndpoint' ? createMs : updateMs) *
    Number(take('slow-deployment')?.with.factor ?? 1)
  await pause(world, total / 2)
  const unhealthy = async (reason: string) => {
    await pause(world, startupTimeout(world, deployment))
    throw new GivenUp(reason)
  }
  if (take('capacity-error')) throw new GivenUp(CAPACITY)
  const failure = take('deployment-failed')
  if (failure) throw new GivenUp(String(failure.with.reason ?? SERVICE_FAILED))
  if (take('never-healthy')) {
    const name = deployment.variants[0]?.config.VariantName as string
    await unhealthy(
      `The primary container for production variant ${name} did not pass the ping health check. Please check CloudWatch logs for this endpoint.`,
    )
  }
  let fleet: readonly Variant[] = []
  try {
    fleet = await launchFleet(world, state, [...deployment.variants, ...deployment.shadows])
  } catch (error) {
    if (!(error instanceof LaunchFailed)) throw error
    if (error.unhealthy) await unhealthy(error.message)
    throw new GivenUp(error.message)
  }
  show(
    world,
    endpoint,
    deployment,
    'ActivatingTraffic',
    (count) => `Activating traffic on full capacity of ${count} instance(s).`,
  )
  await pause(world, total / 2)
  const silent = take('silent-rollback')
  const mixed = take('update-rollback-failed')
  if (silent || mixed) {
    if (!mixed) stopFleet(fleet)
    else keepMix(endpoint, fleet)
    throw new GivenUp((mixed ?? silent)?.with.reason as string | undefined, mixed !== undefined)
  }
  return fleet
}

/** A failed rollback leaves a mix: what is new of the new fleet stays beside all of the old one. */
const keepMix = (endpoint: Endpoint, fleet: readonly Variant[]) => {
  const old = new Set(endpoint.variants.map((variant) => variant.name))
  stopFleet(fleet.filter((variant) => old.has(variant.name)))
  endpoint.variants = [...endpoint.variants, ...fleet.filter((variant) => !old.has(variant.name))]
}

const ALARM_POLL = 10_000

/** Waits with traffic on the new fleet, and gives up when one of the deployment's alarms goes off. */
const bake = async (
  world: World,
  state: SageMakerState,
  endpoint: Endpoint,
  deployment: Deployment,
  fleet: readonly Variant[],
) => {
  const config = deployment.deploymentConfig!
  const { steps, betweenSteps, termination } = waitsOf(config)
  const total = (steps - 1) * betweenSteps + termination
  if (total === 0) return
  reroute(world, state, endpoint, fleet)
  show(
    world,
    endpoint,
    deployment,
    'Baking',
    (count) =>
      `Baking for ${total} seconds (TerminationWaitInSeconds) with traffic enabled on full capacity of ${count} instance(s).`,
  )
  for (let left = total * 1000; left > 0; left -= ALARM_POLL) {
    await pause(world, Math.min(left, ALARM_POLL))
    const alarm = trippedAlarm(world, state, config)
    if (!alarm) continue
    reroute(world, state, endpoint)
    stopFleet(fleet)
    throw new GivenUp(
      `One or more configured CloudWatch alarms entered the ALARM state: ${alarm}. The deployment was rolled back.`,
    )
  }
}

const give = (world: World, state: SageMakerState, endpoint: Endpoint, error: GivenUp, creating: boolean) => {
  endpoint.pending = undefined
  endpoint.failureReason = error.reason
  if (error.mixed) reroute(world, state, endpoint)
  setStatus(world, state, endpoint, creating ? 'Failed' : error.mixed ? 'UpdateRollbackFailed' : 'InService')
}

const run = async (world: World, state: SageMakerState, endpoint: Endpoint, deployment: Deployment) => {
  try {
    const fleet = await launch(world, state, endpoint, deployment)
    if (deployment.deploymentConfig) await bake(world, state, endpoint, deployment, fleet)
    stopFleet([...endpoint.variants, ...endpoint.shadows])
    const shadowNames = new Set(deployment.shadows.map(({ config }) => config.VariantName))
    endpoint.variants = fleet.filter((variant) => !shadowNames.has(variant.name))
    endpoint.shadows = fleet.filter((variant) => shadowNames.has(variant.name))
    endpoint.configName = deployment.configName
    endpoint.lastDeploymentConfig = deployment.deploymentConfig
    endpoint.dataCapture = deployment.dataCapture
    endpoint.pending = undefined
    endpoint.failureReason = undefined
    reroute(world, state, endpoint)
    setStatus(world, state, endpoint, 'InService')
  } catch (error) {
    const known =
      error instanceof GivenUp
        ? error
        : new GivenUp(`${SERVICE_FAILED} (${error instanceof Error ? error.message : String(error)})`)
    give(world, state, endpoint, known, deployment.operation === 'CreateEndpoint')
  }
  endpoint.onRest()
}

/** Starts a deployment; the endpoint is Creating or Updating from now on, and serves what it served until the end. */
export const beginDeployment = (
  world: World,
  state: SageMakerState,
  endpoint: Endpoint,
  deployment: Deployment,
): void => {
  show(world, endpoint, deployment, 'Creating', (count) => `Launching ${count} instance(s).`)
  setStatus(world, state, endpoint, deployment.operation === 'CreateEndpoint' ? 'Creating' : 'Updating')
  void run(world, state, endpoint, deployment)
}
