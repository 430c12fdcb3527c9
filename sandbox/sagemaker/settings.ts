import type { World } from '../core/types.ts'

/** How long things take in the simulated SageMaker, in sandbox ms; changed by the seed key or control `sagemaker`. */
export interface SageMakerSettings {
  createMs: number
  updateMs: number
  weightsMs: number
  deleteMs: number
  /** How long SageMaker waits for a container that never answers `/ping`, when the config does not say. */
  unhealthyMs: number
  /** How long a new endpoint config, or a new model, may still be "not found". */
  consistencyMs: number
  /** How long DescribeEndpoint may still answer what was before. */
  describeLagMs: number
  /** How long a model package stays Pending and InProgress before it is Completed. */
  packageMs: number
  maintenanceMs: number
  /** Whether containers take as long to answer as their behaviour says; without it they answer at once. */
  realLatency: boolean
}

const DEFAULTS: SageMakerSettings = {
  createMs: 60_000,
  updateMs: 90_000,
  weightsMs: 20_000,
  deleteMs: 10_000,
  unhealthyMs: 25 * 60_000,
  consistencyMs: 1000,
  describeLagMs: 0,
  packageMs: 0,
  maintenanceMs: 5 * 60_000,
  realLatency: true,
}

export const sageMakerSettings = (world: World): SageMakerSettings =>
  world.state('sagemaker-settings', '*', '*', () => ({ ...DEFAULTS }))

/** Changes some settings; an unknown one throws with the names there are. */
export const changeSettings = (world: World, change: Partial<SageMakerSettings>): SageMakerSettings => {
  const unknown = Object.keys(change).find((name) => !(name in DEFAULTS))
  if (unknown)
    throw new RangeError(
      `sagemaker settings: unknown ${unknown}; allowed: ${Object.keys(DEFAULTS).join(', ')}`,
    )
  return Object.assign(sageMakerSettings(world), change)
}
