import type { Verb } from '../../rollout/phases.ts'
import { acknowledgeVerb, mayStart, mayUse } from '../../rollout/roles.ts'
import type { Identity } from '../../workflows/messages.ts'
import { ApiError } from '../errors.ts'

/** @throws ApiError forbidden, unless one of the roles may use the verb */
export function requireVerb(identity: Identity, verb: Verb): void {
  if (identity.roles.some((role) => mayUse(role, verb))) return
  const needed = mayUse('operator', verb) ? 'operator or approver' : 'approver'
  throw forbidden(identity, `\`${verb}\``, needed)
}

/** @throws ApiError forbidden, unless one of the roles may start a rollout (or an emergency) */
export function requireStart(identity: Identity, emergency: boolean): void {
  if (identity.roles.some((role) => mayStart(role, emergency))) return
  throw emergency
    ? forbidden(identity, 'an emergency start', 'approver')
    : forbidden(identity, 'starting a rollout', 'operator or approver')
}

/**
 * Gives the identity back.
 * @throws ApiError forbidden, unless one of the roles may take care of a rollout that needs a person
 */
export function requireAcknowledge(identity: Identity): Identity {
  if (identity.roles.some((role) => mayUse(role, acknowledgeVerb))) return identity
  throw forbidden(identity, '`acknowledge`', 'operator or approver')
}

function forbidden(identity: Identity, what: string, needed: string): ApiError {
  const roles = identity.roles.join(', ') || 'none'
  return new ApiError('forbidden', `${identity.name} has the roles ${roles}; ${what} needs ${needed}.`)
}
