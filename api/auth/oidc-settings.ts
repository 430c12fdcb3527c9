import { z } from 'zod'
import { isLoopback } from '../../worker/environment.ts'
import { durationForm, parseDuration } from '../../rollout/duration.ts'
import { groupName } from './groups.ts'

/** Signatures that only the issuer can make; HMAC would let everybody who can verify a token make one. */
export const asymmetricAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const

const MOST_TOLERANCE_MS = 5 * 60_000

const issuerUrl = z.string().refine(isSafeUrl, {
  message:
    'must be an https URL without query, such as https://login.example.com (http only for this machine)',
})

const algorithm = z.enum(
  asymmetricAlgorithms,
  `must be one of ${asymmetricAlgorithms.join(', ')}; none and HS… would let others make tokens`,
)

const tolerance = z
  .string()
  .default('30s')
  .transform((text, context) => {
    const milliseconds = parseDuration(text)
    if (milliseconds !== null && milliseconds <= MOST_TOLERANCE_MS) return milliseconds / 1_000
    context.addIssue({ code: 'custom', message: `must be ${durationForm}, and 5m at most` })
    return z.NEVER
  })

const members = z.array(groupName)

/** One issuer whose tokens are taken. See docs/api.md for what each member means. */
export const oidcSettings = z.strictObject({
  issuer: issuerUrl,
  audience: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  clientId: z.string().min(1).optional(),
  scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/)).default(['openid', 'profile', 'email']),
  algorithms: z.array(algorithm).min(1).default(['RS256', 'PS256', 'ES256', 'EdDSA']),
  clockTolerance: tolerance,
  identity: z.string().min(1).default('email'),
  groups: z.string().min(1).default('groups'),
  prefix: z
    .string()
    .regex(/^[\w.@+:/-]{0,32}$/, 'must be up to 32 of letters, digits and . @ + : / - _')
    .default(''),
  roles: z
    .strictObject({
      viewer: z.array(z.union([groupName, z.literal('*')])).default([]),
      operator: members.default([]),
      approver: members.default([]),
    })
    .refine((roles) => Object.values(roles).some((groups) => groups.length > 0), {
      message: 'must give at least one group a role; otherwise nobody of this issuer may do anything',
    }),
})

/** `clockTolerance` in seconds; everything else as it stands in the file. */
export type OidcSettings = z.output<typeof oidcSettings>

/** Whether what is fetched from there can be believed: TLS, or this very machine. */
export function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, search, hash, username } = new URL(text)
  if (search !== '' || hash !== '' || username !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}
