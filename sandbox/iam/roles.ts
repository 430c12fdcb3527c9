import type { World } from '../core/types.ts'

/** A role as a seed document names it. */
export interface RoleSeed {
  /** `arn:aws:iam::<account>:role/<name>`, or `account` and `name`. */
  readonly arn?: string
  readonly account?: string
  readonly name?: string
  /** Account ids, principal ARNs, service principals (`sagemaker.amazonaws.com`) or `*` that may assume it. */
  readonly trusts?: readonly string[]
  readonly externalId?: string
  /** What the role may not do, as `service:Operation`, with `*` at the end of either half. */
  readonly denies?: readonly string[]
  /** Longest session in seconds; AWS's default is 3600. */
  readonly maxSessionSeconds?: number
}

/** A role that exists. */
export interface Role {
  readonly arn: string
  readonly accountId: string
  readonly name: string
  readonly trusts: readonly string[]
  readonly externalId: string | undefined
  readonly denies: readonly string[]
  readonly maxSessionSeconds: number
}

const rolesIn = (world: World, accountId: string) =>
  world.state('iam', accountId, 'global', () => new Map<string, Role>())

/** Makes or replaces a role. */
export const putRole = (world: World, seed: RoleSeed): Role => {
  const parsed = /^arn:aws[\w-]*:iam::(\d{12}):role\/(.+)$/.exec(seed.arn ?? '')
  const accountId = parsed?.[1] ?? seed.account
  const name = parsed?.[2] ?? seed.name
  if (!accountId || !name)
    throw new Error('a role needs an arn (arn:aws:iam::<12 digits>:role/<name>), or account and name')
  const role: Role = {
    arn: `arn:aws:iam::${accountId}:role/${name}`,
    accountId,
    name,
    trusts: seed.trusts ?? [accountId],
    externalId: seed.externalId,
    denies: seed.denies ?? [],
    maxSessionSeconds: seed.maxSessionSeconds ?? 3600,
  }
  rolesIn(world, accountId).set(role.arn, role)
  return role
}

/** The role of this ARN, if it was seeded. */
export const findRole = (world: World, arn: string): Role | undefined =>
  rolesIn(world, /^arn:aws[\w-]*:iam::(\d{12}):/.exec(arn)?.[1] ?? '').get(arn)

export const listRoles = (world: World): readonly Role[] =>
  world.states<Map<string, Role>>('iam').flatMap(({ state }) => [...state.values()])

/** Whether one of the denials covers `service:Operation`. */
export const isDenied = (denies: readonly string[], action: string): boolean =>
  denies.some((rule) => {
    const pattern = rule.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
    return new RegExp(`^${pattern}$`, 'i').test(action)
  })
