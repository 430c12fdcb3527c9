import type { World } from '../core/types.ts'
import { cloudWatchState } from '../cloudwatch/state.ts'
import { invalid } from './names.ts'
import type { Endpoint, SageMakerState, Wire } from './state.ts'

/** Seconds a guardrail deployment waits with traffic on the new fleet: between steps, and before the old one goes. */
export interface GuardrailWaits {
  readonly steps: number
  readonly betweenSteps: number
  readonly termination: number
}

/** The waits of a deployment config. */
export const waitsOf = (config: Wire): GuardrailWaits => {
  const { BlueGreenUpdatePolicy: blueGreen, RollingUpdatePolicy: rolling } = config
  if (rolling) {
    return {
      steps: Math.ceil(100 / (rolling.MaximumBatchSize?.Value ?? 50)),
      betweenSteps: rolling.WaitIntervalInSeconds ?? 0,
      termination: 0,
    }
  }
  const routing = blueGreen?.TrafficRoutingConfiguration
  const percent = routing?.LinearStepSize?.Type === 'CAPACITY_PERCENT' ? routing.LinearStepSize.Value : 50
  const steps = routing?.Type === 'CANARY' ? 2 : routing?.Type === 'LINEAR' ? Math.ceil(100 / percent) : 1
  return {
    steps,
    betweenSteps: routing?.WaitIntervalInSeconds ?? 0,
    termination: blueGreen?.TerminationWaitInSeconds ?? 0,
  }
}

const refuse = (what: string) => invalid(`Invalid DeploymentConfig: ${what}`)

const checkSizes = (routing: Wire): void => {
  const { Type: type, CanarySize: canary, LinearStepSize: linear } = routing
  if (type === 'CANARY' && !canary) throw refuse('CanarySize is required for CANARY traffic routing.')
  if (type === 'LINEAR' && !linear) throw refuse('LinearStepSize is required for LINEAR traffic routing.')
  if (canary?.Type === 'CAPACITY_PERCENT' && canary.Value > 50)
    throw refuse('CanarySize must be at most 50 percent.')
  if (linear?.Type === 'CAPACITY_PERCENT' && (linear.Value < 10 || linear.Value > 50))
    throw refuse('LinearStepSize must be 10 to 50 percent.')
}

/** Refuses what SageMaker refuses of deployment guardrails for this endpoint and new config. */
export const checkGuardrails = (deployment: Wire, endpoint: Endpoint, next: Wire): void => {
  const { BlueGreenUpdatePolicy: blueGreen, RollingUpdatePolicy: rolling } = deployment
  if (blueGreen && rolling)
    throw refuse('only one of BlueGreenUpdatePolicy and RollingUpdatePolicy can be specified.')
  const names = (variants: readonly string[]) => [...variants].sort().join(', ')
  const before = names(endpoint.variants.map((variant) => variant.name))
  const after = names((next.ProductionVariants as readonly Wire[]).map((variant) => variant.VariantName))
  if (before !== after) {
    throw invalid(
      `Variant names in the new endpoint configuration [${after}] must be the same as in the endpoint [${before}] when a DeploymentConfig is used.`,
    )
  }
  if ((next.ProductionVariants as readonly Wire[]).some((variant) => variant.ServerlessConfig)) {
    throw refuse('deployment guardrails are not supported for serverless variants.')
  }
  if (rolling && endpoint.variants.length > 1)
    throw refuse('rolling updates are not supported for endpoints with several variants.')
  if (blueGreen) checkSizes(blueGreen.TrafficRoutingConfiguration)
  const { steps, betweenSteps, termination } = waitsOf(deployment)
  const most = (blueGreen ?? rolling)?.MaximumExecutionTimeoutInSeconds
  if (most !== undefined && most <= (steps - 1) * betweenSteps + termination) {
    throw refuse('MaximumExecutionTimeoutInSeconds must be greater than the sum of the wait intervals.')
  }
}

/** The first of a deployment's alarms that is in ALARM now. */
export const trippedAlarm = (world: World, state: SageMakerState, deployment: Wire): string | undefined => {
  const alarms: readonly Wire[] = deployment.AutoRollbackConfiguration?.Alarms ?? []
  const found = cloudWatchState(world, state.accountId, state.region).alarms
  return alarms
    .map(({ AlarmName }) => AlarmName as string)
    .find((name) => found.get(name)?.state.value === 'ALARM')
}
