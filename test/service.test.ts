import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, inject, test } from 'vitest'
import { createToken } from '../api/auth/tokens.ts'
import { freePorts } from '../cli/embedded/ports.ts'
import { startCollector } from './support/collector.ts'
import { twoRegions } from './support/documents.ts'
import { randomAccounts } from './support/start-stack.ts'
import { tracesTo } from './support/traced.ts'

const script = fileURLToPath(new URL('../bin/service.js', import.meta.url))

describe('the processes of a deployment', () => {
  const running: ChildProcess[] = []
  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL')
  })

  const environment = (more: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
    const { address, namespace } = inject('temporal')
    const temporal = {
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
      TEMPORAL_CONFIG_FILE: '/none.toml',
    }
    return {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      ...temporal,
      SLUICE_TASK_QUEUE: 'service-test',
      ...more,
    }
  }
  /** Starts one, and resolves when its log has a line with that message. */
  const start = async (command: string, env: NodeJS.ProcessEnv, message: string) => {
    const child = spawn(process.execPath, [script, command], {
      env: environment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.push(child)
    let log = ''
    child.stderr.on('data', (text: Buffer) => (log += text.toString()))
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (text: Buffer) => {
        log += text.toString()
        if (log.includes(message)) resolve()
      })
      child.on('exit', (code) => reject(new Error(`${command} ended with ${code}: ${log}`)))
    })
    return { child, log: () => log }
  }
  const runToEnd = (command: string, env: NodeJS.ProcessEnv) =>
    new Promise<{ code: unknown; stderr: string }>((resolve) => {
      execFile(process.execPath, [script, command], { env: environment(env) }, (error, _stdout, stderr) =>
        resolve({ code: error?.code ?? 0, stderr }),
      )
    })
  const stop = async (child: ChildProcess): Promise<unknown> => {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    return (await ended)[0]
  }

  test.each(['worker', 'api'])(
    'the %s refuses a wrong environment with every error and exit code 64',
    async (command) => {
      const { code, stderr } = await runToEnd(command, {
        SLUICE_CLOCK_RATE: '60',
        SLUICE_SIGNING_KEY: 'short',
      })
      expect(code).toBe(64)
      expect(stderr.trim().split('\n')).toEqual([
        expect.stringMatching(/^SLUICE_SIGNING_KEY: must have at least 32/),
        expect.stringMatching(/^SLUICE_CLOCK_RATE=60: must be 1 unless/),
      ])
    },
  )

  test('an unknown command is wrong usage, and nothing that answers is not healthy', async () => {
    await expect(runToEnd('serve', {})).resolves.toMatchObject({
      code: 64,
      stderr: expect.stringContaining('serve'),
    })
    await expect(
      runToEnd('health', { SLUICE_API_PORT: '1', SLUICE_METRICS_PORT: '1' }),
    ).resolves.toMatchObject({ code: 1 })
  })

  test.each(['api', 'worker'] as const)(
    'the %s waits for a Temporal that is not there, says where it looks, and ends on SIGTERM with code 0',
    async (process) => {
      const message = 'Temporal does not answer at 127.0.0.1:1 '
      const { child, log } = await start(process, { TEMPORAL_ADDRESS: '127.0.0.1:1' }, message)
      expect(log()).toContain('set TEMPORAL_ADDRESS')
      await expect(stop(child)).resolves.toBe(0)
    },
  )

  test.each(['api', 'worker'] as const)(
    'the %s refuses a namespace that Temporal does not have, with exit code 64',
    async (process) => {
      const { code, stderr } = await runToEnd(process, { TEMPORAL_NAMESPACE: 'nowhere' })
      expect(code).toBe(64)
      expect(stderr).toMatch(
        /^TEMPORAL_NAMESPACE=nowhere: Temporal at .* has no such namespace; .*create-namespace/,
      )
    },
  )

  test.each([
    ['api', 'SLUICE_API_PORT'],
    ['worker', 'SLUICE_METRICS_PORT'],
  ] as const)(
    'the %s names %s when something else listens there, with exit code 64',
    async (process, name) => {
      const other = createServer().listen(0, '127.0.0.1')
      await once(other, 'listening')
      const { port } = other.address() as AddressInfo
      const { code, stderr } = await runToEnd(process, { [name]: String(port) })
      other.close()
      expect(stderr).toMatch(
        new RegExp(`^${name}.*something else listens at 127\\.0\\.0\\.1:${port}; end it, or name another`),
      )
      expect(code).toBe(64)
    },
  )

  test('the API that is told to stop while Temporal does not answer yet ends with code 0', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`
    const { child } = await start('api', { TEMPORAL_ADDRESS: address }, 'SLUICE_AUTH_FILE is not set')
    await expect(stop(child)).resolves.toBe(0)
    silent.close()
  })

  test('the API lets in who has a token, is healthy, and ends on SIGTERM with code 0', async () => {
    const { token, entry } = createToken('mia', ['viewer'])
    const authFile = join(tmpdir(), `sluice-auth-${process.pid}.json`)
    await writeFile(authFile, JSON.stringify({ tokens: [entry] }))
    const [port = 0] = await freePorts(1)
    const env = { SLUICE_API_HOST: '0.0.0.0', SLUICE_API_PORT: String(port), SLUICE_AUTH_FILE: authFile }
    const { child, log } = await start('api', env, 'the API listens')
    const get = (path: string, headers = {}) => fetch(`http://127.0.0.1:${port}${path}`, { headers })

    expect((await get('/v1/rollouts')).status).toBe(401)
    expect((await get('/v1/rollouts', { authorization: `Bearer ${token}` })).status).toBe(200)
    expect((await get('/readyz')).status).toBe(200)
    await expect(
      runToEnd('health', { SLUICE_API_PORT: String(port), SLUICE_METRICS_PORT: '1' }),
    ).resolves.toMatchObject({ code: 0 })
    await expect(stop(child)).resolves.toBe(0)
    expect(log()).not.toContain(token)
    await rm(authFile)
  })

  test('the worker polls, shows its metrics, is healthy, and ends on SIGTERM with code 0', async () => {
    const [port = 0] = await freePorts(1)
    const env = { SLUICE_METRICS_PORT: String(port), AWS_REGION: 'eu-west-1' }
    const { child } = await start('worker', env, 'the worker polls')
    await expect
      .poll(async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text())
      .toContain('temporal_')
    await expect(
      runToEnd('health', { SLUICE_API_PORT: '1', SLUICE_METRICS_PORT: String(port) }),
    ).resolves.toMatchObject({ code: 0 })
    await expect(stop(child)).resolves.toBe(0)
  })

  test('both end on SIGTERM with code 0 though what takes their traces hangs', async () => {
    const [forApi, forWorker] = [await startCollector('hangs'), await startCollector('hangs')]
    const [port = 0] = await freePorts(1)
    const queue = { SLUICE_TASK_QUEUE: `service-test-${process.pid}`, SLUICE_SHUTDOWN_GRACE: '1s' }
    const api = await start(
      'api',
      { ...tracesTo(forApi.url), ...queue, SLUICE_API_PORT: String(port) },
      'the API listens',
    )
    const worker = await start(
      'worker',
      {
        ...tracesTo(forWorker.url),
        ...queue,
        AWS_REGION: 'eu-west-1',
        AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      },
      'the worker polls',
    )
    const document = twoRegions({ accounts: randomAccounts() })
    const planned = fetch(`http://127.0.0.1:${port}/v1/plans`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(document),
    }).catch(() => undefined)
    await expect.poll(() => forWorker.asked(), { timeout: 60_000 }).toBeGreaterThan(0)
    await expect(stop(worker.child)).resolves.toBe(0)
    await fetch(`http://127.0.0.1:${port}/v1/me`)
    await expect.poll(() => forApi.asked(), { timeout: 60_000 }).toBeGreaterThan(0)
    await expect(stop(api.child)).resolves.toBe(0)
    await planned
    await Promise.all([forApi.close(), forWorker.close()])
  })
})
