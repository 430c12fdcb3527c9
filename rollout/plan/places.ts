import type { EndpointSettings } from '../document/types.ts'
import { placeOf, templateValues } from '../document/targets.ts'
import { expandTemplate } from '../document/templates.ts'
import type { Place } from '../target.ts'
import type { PlanContext } from './context.ts'
import { allTargets } from './context.ts'

/** An account and Region that artifacts and images are brought to. */
export interface Destination {
  readonly place: Place
  readonly kmsKey?: string
  /** Keys of the targets there; empty for a place that only registers the package. */
  readonly targets: readonly string[]
  readonly promote: boolean
}

export const placeId = (place: Place): string => `${place.accountId}/${place.region}`

/** Every account and Region once: where the package is promoted to first, then staging, then production. */
export function destinations(context: PlanContext): readonly Destination[] {
  const { document } = context
  const byPlace = new Map<string, Destination>()
  const add = (place: Place, settings: Partial<EndpointSettings>, target: string | null): void => {
    const before = byPlace.get(placeId(place))
    const template = settings.kmsKeys?.artifacts
    const kmsKey = template && expandTemplate(template, templateValues(document, place))
    byPlace.set(placeId(place), {
      place: before?.place ?? place,
      ...((before?.kmsKey ?? kmsKey) ? { kmsKey: before?.kmsKey ?? kmsKey } : {}),
      targets: [...(before?.targets ?? []), ...(target === null ? [] : [target])],
      promote: (before?.promote ?? false) || target === null,
    })
  }
  const to = document.promote?.to
  if (to && !context.restore) add(placeOf(document, to.account, to.region), document.endpoint, null)
  for (const { target, settings } of allTargets(context)) {
    const { accountId, region, role, externalId } = target
    add(
      { accountId, region, ...(role ? { role } : {}), ...(externalId ? { externalId } : {}) },
      settings,
      target.key,
    )
  }
  return [...byPlace.values()]
}
