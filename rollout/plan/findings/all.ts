import type { PlanContext } from '../context.ts'
import { allTargets, factsOf } from '../context.ts'
import type { Finding } from '../types.ts'
import { findDenied } from './accounts.ts'
import { findAlarms } from './alarms.ts'
import { findArtifacts, findBuckets, findForeignArtifacts } from './artifacts.ts'
import { findBakes } from './bakes.ts'
import { findEndpointKind } from './endpoint-kind.ts'
import { findEndpointState } from './endpoint-state.ts'
import type { Find, Planned } from './finding.ts'
import { findFreezes } from './freezes.ts'
import { findHolders } from './holders.ts'
import { findImages, findRepositories } from './images.ts'
import { findNames } from './names.ts'
import { findOwnership } from './ownership.ts'
import { findPackage } from './package.ts'
import { findPromote } from './promote.ts'
import { findQuotas } from './quotas.ts'
import { findRecord } from './record.ts'
import { findScaling } from './scaling.ts'
import { findSettings } from './settings.ts'
import { findStable } from './stable.ts'
import { findUndo } from './undo.ts'

const always: readonly Find[] = [
  findDenied,
  findEndpointState,
  findOwnership,
  findQuotas,
  findHolders,
  findRecord,
  findUndo,
]

const forward: readonly Find[] = [
  findPackage,
  findArtifacts,
  findForeignArtifacts,
  findBuckets,
  findImages,
  findRepositories,
  findPromote,
  findEndpointKind,
  findStable,
  findSettings,
  findAlarms,
  findBakes,
  findFreezes,
  findScaling,
  findNames,
]

/** What they look at moves while another rollout holds the endpoint; under the lock they look again. */
const momentary: readonly Find[] = [findEndpointKind, findEndpointState, findStable, findQuotas, findBakes]

/** Every finding of every family; errors first, each family in its own order. */
export function findAll(context: PlanContext, planned: Planned): readonly Finding[] {
  const families = context.restore ? always : [...forward, ...always]
  const held = heldByOthers(context)
  const findings = families.flatMap((find) =>
    find(context, planned).filter(
      ({ target }) => target === undefined || !held.has(target) || !momentary.includes(find),
    ),
  )
  return [
    ...findings.filter(({ severity }) => severity === 'error'),
    ...findings.filter(({ severity }) => severity === 'warning'),
  ]
}

function heldByOthers(context: PlanContext): ReadonlySet<string> {
  const keys = allTargets(context).map(({ target }) => target.key)
  return new Set(
    keys.filter((key) => {
      const { holder } = factsOf(context, key)
      return holder !== undefined && holder.rolloutId !== context.rolloutId
    }),
  )
}
