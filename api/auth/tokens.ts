import { createHash, randomBytes } from 'node:crypto'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Identity } from '../../workflows/messages.ts'
import { ConfigError } from '../../worker/environment.ts'

/** One credential as the file keeps it: never the token, only its hash. */
export interface TokenEntry extends Identity {
  /** SHA-256 of the token, lower-case hex. */
  readonly sha256: string
}

const entry = z.strictObject({
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
  groups: z.array(z.string().min(1)).default([]),
})

const file = z.strictObject({ tokens: z.array(entry).min(1, 'must hold at least one token') })

/**
 * Reads a credentials file, YAML or JSON: `tokens: [{ name, sha256, roles, groups }]`.
 * @throws ConfigError with every problem and its path
 */
export function parseTokens(text: string, path: string): readonly TokenEntry[] {
  const parsed = file.safeParse(parseText(text, path))
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map((issue) => `${path}: ${writePath(issue.path)}: ${issue.message}`),
    )
  }
  const { tokens } = parsed.data
  const twice = (member: 'name' | 'sha256') =>
    tokens.flatMap((token, index) =>
      tokens.findIndex((other) => other[member] === token[member]) < index
        ? [`${path}: tokens[${index}].${member}: stands there twice; every token needs its own`]
        : [],
    )
  const problems = [...twice('name'), ...twice('sha256')]
  if (problems.length > 0) throw new ConfigError(problems)
  return tokens
}

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

function parseText(text: string, path: string): unknown {
  try {
    return parse(text) as unknown
  } catch (error) {
    throw new ConfigError([
      `${path}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
    ])
  }
}

function writePath(path: readonly PropertyKey[]): string {
  return (
    path.reduce<string>(
      (written, part) =>
        typeof part === 'number' ? `${written}[${part}]` : `${written}${written && '.'}${String(part)}`,
      '',
    ) || 'the file'
  )
}
