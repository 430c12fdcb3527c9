import { describe, expect, test } from 'vitest'
import { readApiConfig } from '../api/config.ts'
import { readWorkerConfig } from './config.ts'
import { ConfigError, readTogether } from './environment.ts'
import { readTemporalSettings } from './temporal-connection.ts'

const problemsOf = (read: () => unknown): readonly string[] => {
  try {
    read()
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('the configuration', () => {
  test('lists every wrong variable at once, with what was found and what is allowed', () => {
    const problems = problemsOf(() =>
      readWorkerConfig({
        SLUICE_METRICS_PORT: '70000',
        SLUICE_BUILD_ID: 'sluice:2',
        SLUICE_LOG_LEVEL: 'loud',
        SLUICE_SHUTDOWN_GRACE: '30',
        SLUICE_TEMPORAL_UI_URL: 'temporal.internal',
      }),
    )
    expect(problems).toEqual([
      'SLUICE_LOG_LEVEL=loud: must be one of trace, debug, info, warn, error, silent',
      expect.stringMatching(/^SLUICE_SHUTDOWN_GRACE=30: must be a whole number and a unit/),
      'SLUICE_TEMPORAL_UI_URL=temporal.internal: must be an http or https URL',
      'SLUICE_METRICS_PORT=70000: must be a port number from 0 to 65535',
      'SLUICE_BUILD_ID=sluice:2: may have letters, digits, and - _ . +, at most 200',
    ])
  })

  test('lists what is wrong only together with others beside what is wrong by itself', () => {
    const wrong = { SLUICE_LOG_LEVEL: 'loud', SLUICE_SHUTDOWN_GRACE: 'soon', SLUICE_CLOCK_RATE: '60' }
    expect(problemsOf(() => readWorkerConfig(wrong))).toEqual([
      expect.stringMatching(/^SLUICE_LOG_LEVEL=loud: /),
      expect.stringMatching(/^SLUICE_SHUTDOWN_GRACE=soon: /),
      expect.stringMatching(/^SLUICE_CLOCK_RATE=60: must be 1 unless/),
    ])
    const api = { ...wrong, SLUICE_API_PORT: 'http', SLUICE_API_HOST: '0.0.0.0' }
    expect(problemsOf(() => readApiConfig(api)).map((problem) => problem.split('=')[0])).toEqual([
      'SLUICE_LOG_LEVEL',
      'SLUICE_SHUTDOWN_GRACE',
      'SLUICE_API_PORT',
      'SLUICE_CLOCK_RATE',
      'SLUICE_API_HOST',
    ])
  })

  test('is read in parts whose problems come together', () => {
    const both = () =>
      readTogether(
        () => readWorkerConfig({ SLUICE_LOG_LEVEL: 'loud' }),
        () => readTemporalSettings({ TEMPORAL_TLS_CLIENT_CERT_PATH: '/no/such/cert.pem' }),
      )
    expect(problemsOf(both)).toEqual([
      expect.stringMatching(/^SLUICE_LOG_LEVEL=loud/),
      expect.stringMatching(/^TEMPORAL_\*: /),
    ])
  })

  test('never repeats a secret in an error', () => {
    const problems = problemsOf(() => readWorkerConfig({ SLUICE_SIGNING_KEY: 'too-short-but-secret' }))
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^SLUICE_SIGNING_KEY: must have at least 32 characters/)
    expect(problems[0]).not.toContain('too-short-but-secret')
  })

  test('needs nothing at all, and an empty variable is as good as none', () => {
    const defaults = readWorkerConfig({})
    expect(defaults).toMatchObject({
      taskQueue: 'sluice',
      clockRate: 1,
      shutdownGraceMs: 30_000,
      metricsAddress: undefined,
      version: undefined,
    })
    expect(readWorkerConfig({ SLUICE_TASK_QUEUE: '', SLUICE_METRICS_PORT: '' })).toEqual(defaults)
    expect(readApiConfig({})).toMatchObject({ host: '127.0.0.1', port: 8080, authFile: undefined })
  })

  test('reads what is given', () => {
    const shared = {
      SLUICE_TASK_QUEUE: 'ml',
      SLUICE_SHUTDOWN_GRACE: '2m',
      SLUICE_TEMPORAL_UI_URL: 'https://t.example.com',
    }
    expect(
      readWorkerConfig({ ...shared, SLUICE_METRICS_PORT: '9464', SLUICE_METRICS_HOST: '0.0.0.0' }),
    ).toMatchObject({
      taskQueue: 'ml',
      shutdownGraceMs: 120_000,
      temporalUiUrl: 'https://t.example.com',
      metricsAddress: '0.0.0.0:9464',
    })
    expect(readWorkerConfig({ SLUICE_BUILD_ID: '0.1.0+4f2a' }).version).toEqual({
      deploymentName: 'sluice',
      buildId: '0.1.0+4f2a',
    })
    expect(readApiConfig({ ...shared, SLUICE_API_PORT: '0' })).toMatchObject({ taskQueue: 'ml', port: 0 })
  })

  test('does not let an API without credentials listen beyond loopback', () => {
    const problems = problemsOf(() => readApiConfig({ SLUICE_API_HOST: '0.0.0.0' }))
    expect(problems).toEqual([
      expect.stringMatching(/^SLUICE_API_HOST=0\.0\.0\.0: must be a loopback address.*SLUICE_AUTH_FILE/),
    ])
    expect(readApiConfig({ SLUICE_API_HOST: '0.0.0.0', SLUICE_AUTH_FILE: 'auth.json' }).host).toBe('0.0.0.0')
    expect(readApiConfig({ SLUICE_API_HOST: '::1' }).host).toBe('::1')
  })
})

describe('a raised clock rate', () => {
  const local = { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }

  test.each([
    [{}, 'AWS_ENDPOINT_URL is not set'],
    [{ AWS_ENDPOINT_URL_SAGEMAKER: 'http://127.0.0.1:4566' }, 'AWS_ENDPOINT_URL is not set'],
    [{ AWS_ENDPOINT_URL: 'https://proxy.example.com' }, 'AWS_ENDPOINT_URL is https://proxy.example.com'],
    [
      { AWS_ENDPOINT_URL: 'http://127.0.0.1.example.com' },
      'AWS_ENDPOINT_URL is http://127.0.0.1.example.com',
    ],
    [{ AWS_ENDPOINT_URL: 'not a url' }, 'AWS_ENDPOINT_URL is not a url'],
    [
      { ...local, AWS_ENDPOINT_URL_S3: 'https://s3.eu-west-1.amazonaws.com' },
      'AWS_ENDPOINT_URL_S3 is https://s3',
    ],
    [{ ...local, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'],
  ])('is refused with %j', (env, reason) => {
    for (const read of [readWorkerConfig, readApiConfig]) {
      const problems = problemsOf(() => read({ ...env, SLUICE_CLOCK_RATE: '60' }))
      expect(problems).toEqual([expect.stringContaining(reason)])
      expect(problemsOf(() => read(env))).toEqual([])
    }
  })

  test('is accepted when every endpoint is on loopback', () => {
    const env = {
      ...local,
      AWS_ENDPOINT_URL_S3: 'http://s3.localhost:4566',
      AWS_ENDPOINT_URL_STS: 'http://[::1]:4566',
    }
    expect(readWorkerConfig({ ...env, SLUICE_CLOCK_RATE: '60' }).clockRate).toBe(60)
  })

  test.each(['0', '-1', 'fast', 'Infinity', 'NaN'])('cannot be %s', (rate) => {
    expect(problemsOf(() => readWorkerConfig({ ...local, SLUICE_CLOCK_RATE: rate }))).toHaveLength(1)
  })
})
