import type { Identity } from '../../workflows/messages.ts'
import { ApiError } from '../errors.ts'
import { groupName } from './groups.ts'
import type { OidcSettings } from './oidc-settings.ts'

type Claims = Readonly<Record<string, unknown>>
type Roles = Identity['roles']

const PERSON = /^[\w.@+:/|=-]{1,128}$/

/**
 * Who the claims of a verified token speak of. Never lets anybody in whom the settings do not name.
 * @throws ApiError unauthenticated when the token names nobody, forbidden when it gives no role here
 */
export function toIdentity(claims: Claims, settings: OidcSettings): Identity {
  const name = nameOf(claims, settings)
  const groups = groupsOf(claims, settings)
  const roles = rolesOf(groups, settings)
  if (roles.length === 0) {
    const has =
      groups.length === 0
        ? `no group in \`${settings.groups}\``
        : `the groups ${groups.slice(0, 20).join(', ')}${groups.length > 20 ? ', …' : ''}`
    throw new ApiError(
      'forbidden',
      `${settings.issuer} knows ${name}, whose token has ${has}; that gives no role here.`,
    )
  }
  return { name, roles, groups: groups.map((group) => settings.prefix + group) }
}

function nameOf(claims: Claims, { identity, prefix }: OidcSettings): string {
  const found = claimAt(claims, identity)
  if (typeof found !== 'string' || !PERSON.test(found)) {
    throw invalid(`its claim \`${identity}\` names nobody`)
  }
  if (identity !== 'email') return prefix + found
  // Whoever may register with the issuer could otherwise call himself by somebody else's address.
  if (claimAt(claims, 'email_verified') === false) throw invalid('its `email` is not verified')
  return prefix + found.toLowerCase()
}

function groupsOf(claims: Claims, settings: OidcSettings): readonly string[] {
  const found = claimAt(claims, settings.groups)
  const listed: readonly unknown[] = Array.isArray(found) ? found : [found]
  return [...new Set(listed.filter((group): group is string => groupName.safeParse(group).success))]
}

function rolesOf(groups: readonly string[], { roles }: OidcSettings): Roles {
  const all: Roles = ['viewer', 'operator', 'approver']
  return all.filter((role) => roles[role].some((group) => group === '*' || groups.includes(group)))
}

/** A claim by its whole name (`https://example.com/groups`), else by its path (`realm_access.roles`). */
function claimAt(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  return name
    .split('.')
    .reduce<unknown>(
      (at, part) =>
        typeof at === 'object' && at !== null && Object.hasOwn(at, part) ? (at as Claims)[part] : undefined,
      claims,
    )
}

/** The token cannot be used, for a reason that its sender may know. */
export function invalid(why: string): ApiError {
  return new ApiError(
    'unauthenticated',
    `The token is not valid here: ${why}.`,
    {},
    { 'WWW-Authenticate': 'Bearer realm="sluice", error="invalid_token"' },
  )
}
