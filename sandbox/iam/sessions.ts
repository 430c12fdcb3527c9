import { randomBytes } from 'node:crypto'
import type { CommonErrors } from '../core/protocol.ts'
import type { Scope } from '../core/scope.ts'
import { AwsError, type Principal, type World } from '../core/types.ts'
import { findRole } from './roles.ts'

/** Credentials that AssumeRole gave out. */
export interface Session extends Principal {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly roleArn: string
  readonly expiresAt: number
}

/** Who called, and what their role forbids. */
export interface Caller {
  readonly principal: Principal
  readonly denies: readonly string[]
}

const sessionsOf = (world: World) => world.state('sessions', 'all', 'all', () => new Map<string, Session>())

const letters = (bytes: number) =>
  randomBytes(bytes)
    .toString('base64')
    .replace(/[^A-Za-z0-9]/g, 'A')
    .toUpperCase()

/** Session lifetimes are real time: the SDK compares `Expiration` with its own clock. */
export const issueSession = (
  world: World,
  principal: Principal,
  roleArn: string,
  seconds: number,
): Session => {
  const session: Session = {
    ...principal,
    roleArn,
    accessKeyId: `ASIA${letters(16).slice(0, 16)}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    sessionToken: randomBytes(120).toString('base64'),
    expiresAt: world.clock.now() + seconds * 1000,
  }
  sessionsOf(world).set(session.accessKeyId, session)
  return session
}

/** Makes every session, or those of one role, expired as of now; returns how many. */
export const expireSessions = (world: World, roleArn?: string): number => {
  const sessions = sessionsOf(world)
  const hit = [...sessions.values()].filter((session) => roleArn === undefined || session.roleArn === roleArn)
  for (const session of hit)
    sessions.set(session.accessKeyId, { ...session, expiresAt: world.clock.now() - 1 })
  return hit.length
}

/**
 * The caller behind a signed request: `AKIA` + account id is a user of that account; keys from AssumeRole are the role's.
 * Throws the service's own errors for unknown keys, a missing or wrong session token, and expired sessions.
 */
export const resolveCaller = (world: World, scope: Scope, errors: CommonErrors): Caller => {
  const refuse = ([code, message, status]: readonly [string, string, number]) =>
    new AwsError(code, message, status)
  const accountId = /^AKIA(\d{12})$/.exec(scope.accessKeyId)?.[1]
  if (accountId)
    return { principal: { accountId, arn: `arn:aws:iam::${accountId}:user/sandbox` }, denies: [] }
  const session = sessionsOf(world).get(scope.accessKeyId)
  if (!session || session.sessionToken !== scope.sessionToken) throw refuse(errors.invalidToken)
  if (session.expiresAt <= world.clock.now()) throw refuse(errors.expiredToken)
  const { arn } = session
  return {
    principal: { accountId: session.accountId, arn },
    denies: findRole(world, session.roleArn)?.denies ?? [],
  }
}

/** Whether this principal came from AssumeRole. */
export const isAssumed = (principal: Principal): boolean => principal.arn.includes(':assumed-role/')
