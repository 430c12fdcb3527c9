import { createHash } from 'node:crypto'
import type { World } from '../core/types.ts'

const DEFAULT = 20

/** How many instances each type may have for endpoints, in one account and Region. */
export interface QuotaState {
  /** By instance type. */
  readonly limits: Map<string, number>
}

export const quotaState = (world: World, accountId: string, region: string): QuotaState =>
  world.state('servicequotas', accountId, region, () => ({ limits: new Map() }))

/** The quota of an instance type: what was set, or 20. */
export const limitOf = (world: World, accountId: string, region: string, instanceType: string): number =>
  quotaState(world, accountId, region).limits.get(instanceType) ?? DEFAULT

export const quotaName = (instanceType: string): string => `${instanceType} for endpoint usage`

/** A code of the form of Service Quotas, the same for the same name. */
export const quotaCode = (name: string): string =>
  `L-${createHash('sha256').update(name).digest('hex').slice(0, 8).toUpperCase()}`
