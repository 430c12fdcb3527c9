import { z } from 'zod'
import { durationForm, parseDuration } from '../rollout/duration.ts'

/** The environment is wrong; the message lists every variable that is, each on a line of its own. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`The configuration is wrong:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

/** Why a variable is wrong together with others, or undefined. */
export interface CrossCheck {
  readonly name: string
  readonly message: string | undefined
}

/**
 * Reads the variables of a schema from the environment; an empty variable counts as not set. Secrets are never repeated
 * in an error.
 * @param across checks that look at several variables; they see the texts, so that they can speak though others are wrong
 * @throws ConfigError with all errors at once
 */
export function parseEnvironment<Schema extends z.ZodType>(
  schema: Schema,
  env: NodeJS.ProcessEnv,
  across: (given: NodeJS.ProcessEnv) => readonly CrossCheck[] = () => [],
): z.output<Schema> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const result = schema.safeParse(given)
  const found = [
    ...(result.error?.issues ?? []).map(({ path, message }) => ({
      name: String(path[0] ?? 'environment'),
      message,
    })),
    ...across(given).filter(({ message }) => message !== undefined),
  ]
  if (result.success && found.length === 0) return result.data
  throw new ConfigError(
    found.map(({ name, message }) => {
      const shown = given[name] === undefined || /KEY|TOKEN|SECRET/.test(name) ? '' : `=${given[name]}`
      return `${name}${shown}: ${message}`
    }),
  )
}

/**
 * Reads several parts of the configuration.
 * @throws ConfigError with the errors of all of them
 */
export function readTogether<const Parts extends readonly unknown[]>(
  ...readers: { readonly [Index in keyof Parts]: () => Parts[Index] }
): Parts {
  const problems: string[] = []
  const parts = readers.map((read) => {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      problems.push(...error.problems)
      return undefined
    }
  })
  // What two parts read both, they find wrong both.
  if (problems.length > 0) throw new ConfigError([...new Set(problems)])
  return parts as unknown as Parts
}

/** In milliseconds afterwards. */
const duration = z.string().transform((text, context) => {
  const milliseconds = parseDuration(text)
  if (milliseconds !== null) return milliseconds
  context.addIssue({ code: 'custom', message: `must be ${durationForm}` })
  return z.NEVER
})

const port = (message: string) =>
  z.coerce.number({ message }).int({ message }).min(0, { message }).max(65_535, { message })

/** The variables that worker and API share, to be spread into their schemas. */
export const sharedVariables = {
  SLUICE_TASK_QUEUE: z
    .string()
    .max(200, 'must have at most 200 characters')
    .default('sluice')
    .describe('Temporal’s task queue; the same in both'),
  SLUICE_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
      message: 'must be one of trace, debug, info, warn, error, silent',
    })
    .default('info')
    .describe('from which level on log lines are written'),
  /** Shared by worker and API: what the API signs, the worker believes. */
  SLUICE_SIGNING_KEY: z
    .string()
    .min(32, 'must have at least 32 characters; make one with: openssl rand -hex 32')
    .optional()
    .describe(
      'the same in both: signs decisions, and the requests of `http` tests; without it rollouts can only be paused and aborted',
    ),
  SLUICE_SHUTDOWN_GRACE: duration
    .prefault('30s')
    .describe('how long running work may take to end after SIGTERM'),
  /** Base of the links into Temporal's web UI. */
  SLUICE_TEMPORAL_UI_URL: z
    .url({ protocol: /^https?$/, message: 'must be an http or https URL' })
    .optional()
    .describe('base of the links into Temporal’s web UI; without it there are none'),
  SLUICE_CLOCK_RATE: z.coerce
    .number({ message: 'must be a number' })
    .positive('must be a number greater than 0')
    .default(1)
    .describe('divides every wait; refused unless every AWS endpoint is on loopback'),
} as const

/** A port number, 0 meaning any free one. */
export const portVariable = port('must be a port number from 0 to 65535')

/** Whether a host name or an address can only mean this machine. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '')
  return (
    name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name)
  )
}
