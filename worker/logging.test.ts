import { describe, expect, test } from 'vitest'
import { createLogger, toTemporalLogger } from './logging.ts'

const record = (level = 'info') => {
  const lines: string[] = []
  const logger = createLogger('test', level, { write: (line: string) => void lines.push(line) })
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? 'null') as Record<string, unknown> }
}

describe('the log', () => {
  test.each([
    ['a header', { req: { headers: { authorization: 'Bearer s3cr3t-value' } } }],
    ['a header that comes as a list', { res: { headers: { 'set-cookie': ['session=s3cr3t-value'] } } }],
    [
      'AWS credentials, however deep',
      { a: { b: { c: { d: { credentials: { secretAccessKey: 's3cr3t-value' } } } } } },
    ],
    ['a value with quotes in it', { token: 'abc"\\s3cr3t-value' }],
    ['a JSON text', { body: JSON.stringify({ token: 's3cr3t-value', name: 'kept' }) }],
    [
      'a presigned URL',
      { url: 'https://b.s3.amazonaws.com/k?X-Amz-Signature=s3cr3t-value&X-Amz-Expires=60' },
    ],
    ['an error', { err: new Error('401 for Bearer s3cr3t-value') }],
  ])('keeps secrets out of %s', (_name, fields) => {
    const { logger, lines, last } = record()
    logger.info(fields, 'something happened')
    expect(lines.join('')).not.toContain('s3cr3t-value')
    expect(lines.join('')).toContain('[redacted]')
    expect(last().msg).toBe('something happened')
  })

  test('keeps access key ids out of texts', () => {
    const { logger, lines } = record()
    logger.warn('AKIAIOSFODNN7EXAMPLE is not allowed')
    expect(lines.join('')).not.toContain('AKIAIOSFODNN7EXAMPLE')
  })

  test('keeps what only looks like a secret', () => {
    const { logger, last } = record()
    logger.info({ ClientToken: 'sluice-1', nextToken: 'page-2', tokens: 3 }, 'listed')
    expect(last()).toMatchObject({
      ClientToken: 'sluice-1',
      nextToken: 'page-2',
      tokens: 3,
      level: 'info',
      name: 'test',
    })
  })

  test('carries what Temporal says, with its fields and errors', () => {
    const { logger, last } = record('debug')
    const temporal = toTemporalLogger(logger)
    temporal.error('activity failed', { workflowId: 'rollout/1', error: new Error('throttled') })
    expect(last()).toMatchObject({
      level: 'error',
      msg: 'activity failed',
      workflowId: 'rollout/1',
      err: { message: 'throttled' },
    })
    temporal.log('WARN', 'slow')
    expect(last()).toMatchObject({ level: 'warn', msg: 'slow' })
  })

  test('drops what is below its level', () => {
    const { logger, lines } = record('warn')
    toTemporalLogger(logger).info('polling')
    expect(lines).toEqual([])
  })
})
