import { ConfigError } from './environment.ts'

/**
 * Says why a process of a deployment could not start or go on, and ends it at once: connections that it has opened would
 * keep it alive, doing nothing. Code 64 = the configuration is wrong, 1 = anything else.
 */
export function fail(error: unknown): never {
  const lines =
    error instanceof ConfigError ? error.problems : [error instanceof Error ? error.message : String(error)]
  for (const line of lines) process.stderr.write(`${line}\n`)
  process.exit(error instanceof ConfigError ? 64 : 1)
}
