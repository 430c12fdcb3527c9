import type { Replication } from './replication.ts'
import { placeId } from './places.ts'
import type { Plan, PlannedTarget, PromotePlan } from './types.ts'

/** Every AWS resource that will be made, by name. */
export function planResources(
  targets: readonly PlannedTarget[],
  replication: Replication,
  promote: PromotePlan | undefined,
): Plan['resources'] {
  const ofTarget = (target: PlannedTarget): Plan['resources'] => {
    if (target.restoreConfig) return []
    const place = placeId(target)
    const { names, action, stage } = target
    const one = (type: string, name: string) => ({ type, name, place })
    const swap = action === 'create' || stage === 'staging'
    return [
      one('Model', names.model),
      ...(swap ? [] : [one('EndpointConfig', names.bakeConfig)]),
      one('EndpointConfig', names.finalConfig),
      ...(action === 'create' ? [one('Endpoint', target.endpoint)] : []),
      ...target.alarms.filter(({ kind }) => kind !== 'existing').map(({ name }) => one('Alarm', name)),
    ]
  }
  return [
    ...replication.artifacts.map((copy) => ({
      type: copy.kind === 'prefix' ? 'S3 prefix' : 'S3 object',
      name: copy.destination,
      place: placeId(copy.to),
    })),
    ...replication.images
      .filter(({ mode }) => mode === 'copy')
      .map((copy) => ({ type: 'ECR image', name: copy.destination, place: placeId(copy.to) })),
    ...(promote
      ? [{ type: 'ModelPackage', name: `${promote.group}/(next version)`, place: placeId(promote.to) }]
      : []),
    ...targets.flatMap(ofTarget),
  ]
}
