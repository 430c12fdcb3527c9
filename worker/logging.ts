import type { Logger as TemporalLogger, LogLevel, LogMetadata } from '@temporalio/common'
import { pino, type DestinationStream, type Logger } from 'pino'

export type { Logger }

const SECRET_KEYS =
  'authorization|cookie|set-cookie|password|secret|token|apiKey|signingKey|' +
  'accessKeyId|secretAccessKey|sessionToken|externalId|x-amz-security-token|x-api-key'

const KEYED = new RegExp(`"(${SECRET_KEYS})":(?:"(?:[^"\\\\]|\\\\.)*"|\\[[^\\]]*\\])`, 'gi')
// The same inside a JSON text that is itself a logged string, where every quote is escaped.
const KEYED_IN_TEXT = new RegExp(`(\\\\+"(?:${SECRET_KEYS})\\\\+":\\s*\\\\+")[^"\\\\]*`, 'gi')
const BEARER = /\b(Bearer|Basic) [\w.~+/=-]{8,}/gi
const SESSION_TOKEN = /((?:security|session)[-_ ]?token["'=: \\]+)[\w+/=-]{40,}/gi
const AWS_KEY_ID = /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g
const SIGNED_QUERY = /\b(X-Amz-(?:Signature|Security-Token|Credential)=)[^&\s"\\]+/gi

/** Takes credentials out of one line of JSON, at any depth, and out of texts such as error messages and URLs. */
export function redact(line: string): string {
  return line
    .replace(KEYED, '"$1":"[redacted]"')
    .replace(KEYED_IN_TEXT, '$1[redacted]')
    .replace(BEARER, '$1 [redacted]')
    .replace(SIGNED_QUERY, '$1[redacted]')
    .replace(SESSION_TOKEN, '$1[redacted]')
    .replace(AWS_KEY_ID, '[redacted]')
}

/**
 * Structured log of one process: a JSON object a line, on stdout unless told otherwise, without credentials.
 * @param name the process: `worker`, `api`
 */
export function createLogger(name: string, level: string, destination?: DestinationStream): Logger {
  const options = {
    name,
    level,
    base: { name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: { streamWrite: redact },
  }
  return destination ? pino(options, destination) : pino(options)
}

const PINO_LEVEL = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const

/** Temporal's own logging (SDK, core, workflows, activities) through the same log. */
export function toTemporalLogger(logger: Logger): TemporalLogger {
  const log = (level: LogLevel, message: string, meta: LogMetadata = {}): void => {
    const { error, ...rest } = meta
    logger[PINO_LEVEL[level]](error === undefined ? rest : { ...rest, err: error as unknown }, message)
  }
  return {
    log,
    trace: (message, meta) => log('TRACE', message, meta),
    debug: (message, meta) => log('DEBUG', message, meta),
    info: (message, meta) => log('INFO', message, meta),
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  }
}
