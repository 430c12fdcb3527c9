import type { Logger, LogLevel } from '@slack/web-api'

/** Slack's client writes to stdout by itself, between our lines of JSON; what fails comes to us as an error anyway. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => 'error' as LogLevel,
  setName: () => undefined,
}
