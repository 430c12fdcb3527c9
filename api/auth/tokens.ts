import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Identity } from '../../workflows/messages.ts'
import { groupName } from './groups.ts'

/** One credential as the file keeps it: never the token, only its hash. */
export interface TokenEntry extends Identity {
  /** SHA-256 of the token, lower-case hex. */
  readonly sha256: string
}

/** How one stands in the file. */
export const tokenEntry = z.strictObject({
  name: z
    .string()
    .regex(
      /^[\w.@+-]{1,64}$/,
      'must be 1 to 64 of letters, digits and . @ + - _, such as mia or ci@example.com',
    ),
  sha256: z
    .string()
    .toLowerCase()
    .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex; `sluice token NAME` prints it'),
  roles: z
    .array(z.enum(['viewer', 'operator', 'approver'], 'must be viewer, operator or approver'))
    .min(1, 'must name at least one of viewer, operator, approver'),
  groups: z.array(groupName).default([]),
})

/** A new random token and the entry that lets it in. The token is shown once and kept nowhere. */
export function createToken(
  name: string,
  roles: Identity['roles'],
  groups: readonly string[] = [],
): { readonly token: string; readonly entry: TokenEntry } {
  const token = `sluice_${randomBytes(32).toString('base64url')}`
  return { token, entry: { name, sha256: hashToken(token), roles, groups } }
}

/** Tokens are 256 random bits, so one plain hash is enough: there is nothing to guess. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
