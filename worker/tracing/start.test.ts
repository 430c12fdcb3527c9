import { describe, expect, it } from 'vitest'
import { ConfigError } from '../environment.ts'
import { createLogger } from '../logging.ts'
import { readTracing, startTracing } from './start.ts'

const endpoint = 'http://127.0.0.1:4318'

describe('traces', () => {
  it.each([
    [{}, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, true],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${endpoint}/v1/traces` }, true],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SDK_DISABLED: 'True' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_EXPORTER: 'none' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, true],
    [
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
      },
      true,
    ],
  ])('with %j are wanted: %s', (env, wanted) => {
    expect(readTracing(env)).toBe(wanted)
  })

  it('that cannot be sent as asked are refused at boot, all at once, without what an address may hold', () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317/?key=planted',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    }
    const problems = [
      'OTEL_EXPORTER_OTLP_ENDPOINT: must be an http or https URL, such as http://localhost:4318',
      'OTEL_EXPORTER_OTLP_PROTOCOL=grpc: must be http/json, or not be set',
    ]
    expect(() => readTracing(env)).toThrow(new ConfigError(problems))
  })

  it('that nobody asked for are not begun', async () => {
    await expect(startTracing('sluice', createLogger('test', 'silent'))).resolves.toBeUndefined()
  })
})
