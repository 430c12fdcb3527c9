import { parse } from 'yaml'
import { z } from 'zod'
import { ConfigError } from '../../worker/environment.ts'
import { oidcSettings, type OidcSettings } from './oidc-settings.ts'
import { tokenEntry, type TokenEntry } from './tokens.ts'

/** What a credentials file says. */
export interface CredentialsFile {
  readonly tokens: readonly TokenEntry[]
  readonly oidc: readonly OidcSettings[]
}

const file = z
  .strictObject({ tokens: z.array(tokenEntry).default([]), oidc: z.array(oidcSettings).default([]) })
  .refine(({ tokens, oidc }) => tokens.length + oidc.length > 0, {
    message: 'must hold at least one token or one issuer',
    path: ['tokens'],
  })

/**
 * Reads a credentials file, YAML or JSON: `tokens: [{ name, sha256, roles, groups }]`, `oidc: [{ issuer, audience, … }]`.
 * @throws ConfigError with every problem and its path
 */
export function parseCredentials(text: string, path: string): CredentialsFile {
  const parsed = file.safeParse(parseText(text, path))
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map((issue) => `${path}: ${writePath(issue.path)}: ${issue.message}`),
    )
  }
  const { tokens, oidc } = parsed.data
  const problems = [
    ...twice(path, 'tokens', tokens, 'name', 'every token needs its own'),
    ...twice(path, 'tokens', tokens, 'sha256', 'every token needs its own'),
    ...twice(path, 'oidc', oidc, 'issuer', 'write one entry for each'),
    ...twice(path, 'oidc', oidc, 'prefix', 'two issuers could name the same person; give each its own'),
  ]
  if (problems.length > 0) throw new ConfigError(problems)
  return parsed.data
}

function twice<Entry>(
  path: string,
  list: string,
  entries: readonly Entry[],
  member: keyof Entry & string,
  cure: string,
): readonly string[] {
  return entries.flatMap((entry, index) =>
    entries.findIndex((other) => other[member] === entry[member]) < index
      ? [`${path}: ${list}[${index}].${member}: stands there twice; ${cure}`]
      : [],
  )
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
