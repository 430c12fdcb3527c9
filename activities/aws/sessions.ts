import { AssumeRoleCommand, GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts'
import type { Place } from '../../rollout/target.ts'
import { fail } from '../failure.ts'
import { toFailure } from './errors.ts'

/** Credentials as the SDK's clients take them; they stay inside the process. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
}

/** Gives credentials, anew when the old ones are about to expire. */
export type CredentialProvider = (options?: object) => Promise<Credentials>

/** Role sessions of this worker, one per role and rollout. */
export interface Sessions {
  /** For a place without a role: the worker's own credentials, after checking that they are of that account. */
  providerFor(place: Place, rolloutId: string): CredentialProvider
  /** Drops a session that AWS no longer accepts. */
  forget(place: Place, rolloutId: string): void
}

/** Role chaining allows no more than an hour, whatever the role says. */
const SESSION_SECONDS = 3600
const RENEW_BEFORE_MS = 5 * 60_000
const MOST_SESSIONS = 2_000

/** RoleSessionName allows `[\w+=,.@-]{2,64}`. */
export function sessionName(rolloutId: string): string {
  return `sluice-${rolloutId.replace(/[^\w+=,.@-]/g, '-')}`.slice(0, 64)
}

/**
 * Names who may be answered with what another rollout read there: only with the same role and external id each could have read
 * it, too.
 */
export function sharingKey({ accountId, region, role, externalId }: Place): string {
  return [accountId, region, role, externalId].join(' ')
}

const keyOf = (place: Place, rolloutId: string) =>
  `${place.role ?? ''} ${place.externalId ?? ''} ${rolloutId}`

/**
 * Remembers sessions in memory only; concurrent askers share one AssumeRole. Their age is taken from a clock that nobody
 * sets: by one that is ahead every call would need a session of its own.
 */
export function createSessions(
  sts: STSClient,
  own: CredentialProvider,
  now: () => number = () => performance.now(),
): Sessions {
  const sessions = new Map<string, { readonly granted: Promise<Credentials>; renewAt: number }>()
  let ownAccount: Promise<string> | undefined

  const assume = (place: Place, rolloutId: string): Promise<Credentials> => {
    const key = keyOf(place, rolloutId)
    const known = sessions.get(key)
    if (known && known.renewAt > now()) return known.granted
    const asked = now()
    const granted = assumeRole(sts, place, rolloutId)
    const entry = { granted, renewAt: Infinity }
    sessions.delete(key)
    sessions.set(key, entry)
    for (const oldest of sessions.keys()) {
      if (sessions.size <= MOST_SESSIONS) break
      sessions.delete(oldest)
    }
    granted.then(
      () => (entry.renewAt = asked + SESSION_SECONDS * 1_000 - RENEW_BEFORE_MS),
      () => sessions.get(key) === entry && sessions.delete(key),
    )
    return granted
  }

  const useOwn = async (place: Place): Promise<Credentials> => {
    ownAccount ??= readOwnAccount(sts, place).catch((error: unknown) => {
      ownAccount = undefined
      throw error
    })
    const found = await ownAccount
    if (found === place.accountId) return own()
    throw fail(
      'Denied',
      `Account ${place.accountId} has no role in the document and the worker's own credentials are of account ${found}. ` +
        `Give account ${place.accountId} a role that the worker may assume.`,
    )
  }

  return {
    providerFor(place, rolloutId) {
      const provider: CredentialProvider & { memoized?: boolean } = () =>
        place.role ? assume(place, rolloutId) : useOwn(place)
      // The SDK would otherwise keep what it got and never notice that a session was forgotten.
      provider.memoized = true
      return provider
    },
    forget(place, rolloutId) {
      sessions.delete(keyOf(place, rolloutId))
    },
  }
}

async function readOwnAccount(sts: STSClient, place: Place): Promise<string> {
  try {
    const { Account } = await sts.send(new GetCallerIdentityCommand({}))
    return Account ?? 'unknown'
  } catch (error) {
    throw toFailure(error, { service: 'STS', operation: 'GetCallerIdentity', place })
  }
}

async function assumeRole(sts: STSClient, place: Place, rolloutId: string): Promise<Credentials> {
  try {
    const { Credentials: given } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: place.role,
        RoleSessionName: sessionName(rolloutId),
        DurationSeconds: SESSION_SECONDS,
        ...(place.externalId && { ExternalId: place.externalId }),
      }),
    )
    if (!given?.AccessKeyId || !given.SecretAccessKey)
      throw new Error('AssumeRole answered without credentials')
    return {
      accessKeyId: given.AccessKeyId,
      secretAccessKey: given.SecretAccessKey,
      sessionToken: given.SessionToken,
      expiration: given.Expiration,
    }
  } catch (error) {
    throw toFailure(error, { service: 'STS', operation: 'AssumeRole', place, subject: `role ${place.role}` })
  }
}
