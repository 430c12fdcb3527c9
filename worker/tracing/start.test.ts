import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
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

  it('that do not get out are said once, without the token that they are sent with', async () => {
    let asked = 0
    const refusing = createServer((_request, response) => {
      asked++
      response.writeHead(400).end('planted-answer')
    }).listen(0, '127.0.0.1')
    await once(refusing, 'listening')
    const { port } = refusing.address() as AddressInfo
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${port}`)
    vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'authorization=planted-token')
    vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', '10')
    const lines: string[] = []
    const tracing = await startTracing(
      'sluice',
      createLogger('test', 'info', { write: (line: string) => void lines.push(line) }),
    )
    // One after another: with the third on its way, what came of the second is known.
    for (const count of [1, 2, 3]) {
      tracing?.serve('GET', undefined, () => undefined)({ route: '/', status: 200, requestId: 'one' })
      await expect.poll(() => asked, { timeout: 20_000 }).toBe(count)
    }
    await tracing?.close()
    refusing.close()
    const warnings = lines.filter((line) => line.includes('traces do not get out'))
    expect(warnings).toEqual([expect.stringContaining('Bad Request 400')])
    expect(lines.join('')).not.toContain('planted')
  })
})
