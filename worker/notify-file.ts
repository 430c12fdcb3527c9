import { readFileSync } from 'node:fs'
import { parseSettings, type NotifySettings } from '../rollout/notices/settings.ts'
import { ConfigError } from './environment.ts'

/** Where notices go, with what the process needs to send them. */
export interface Notify {
  readonly settings: NotifySettings
  /** The secret that a variable holds. Those that the process needs were looked at when it started. */
  secret(variable: string): string
}

/** Shorter ones could be guessed from one signed request. */
const shortestSecret = 16

/**
 * Reads the file that `SLUICE_NOTIFY_FILE` names; undefined when it names none.
 * @throws ConfigError with every problem of the file, and every secret that is missing
 */
export function readNotify(process: 'worker' | 'api', env: NodeJS.ProcessEnv): Notify | undefined {
  const path = env.SLUICE_NOTIFY_FILE || undefined
  if (path === undefined) return undefined
  const parsed = parseSettings(readText(path))
  if (!parsed.ok) {
    throw new ConfigError(
      parsed.problems.map(
        ({ message, line }) => `${path}${line === undefined ? '' : `:${line}`}: ${message}`,
      ),
    )
  }
  const { settings } = parsed
  const wrong = secretsOf(process, settings).flatMap((name) => problemOf(path, name, env[name]))
  if (wrong.length > 0) throw new ConfigError(wrong)
  return { settings, secret: (name) => env[name] ?? '' }
}

/** Variables that this process uses: the worker sends, the API listens to Slack. */
function secretsOf(process: 'worker' | 'api', { channels, slack }: NotifySettings): readonly string[] {
  const app = slack ? [slack.tokenFrom, ...(process === 'api' ? [slack.signingSecretFrom] : [])] : []
  const hooks = Object.values(channels).flatMap(({ webhook }) => webhook?.secretFrom ?? [])
  return [...new Set(process === 'worker' ? [...app, ...hooks] : app)]
}

function problemOf(path: string, name: string, value: string | undefined): readonly string[] {
  if (!value) return [`${name}: is not set, and ${path} takes a secret from it`]
  return value.length < shortestSecret
    ? [`${name}: must have at least ${shortestSecret} characters, because ${path} takes a secret from it`]
    : []
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError([`SLUICE_NOTIFY_FILE=${path}: ${(error as Error).message}`])
  }
}
