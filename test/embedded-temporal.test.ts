import { Connection } from '@temporalio/client'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { findTemporalCli } from '../cli/embedded/binary.ts'
import { startTemporal, type EmbeddedTemporal } from '../cli/embedded/server.ts'
import { searchAttributeTypes } from '../workflows/search-attributes.ts'

describe('the embedded Temporal server', () => {
  const started: EmbeddedTemporal[] = []
  let folder: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-server-'))
  })
  afterEach(async () => {
    await Promise.all(started.splice(0).map((server) => server.close()))
    await rm(folder, { recursive: true, force: true })
  })

  const start = async (...args: Parameters<typeof startTemporal>): Promise<EmbeddedTemporal> => {
    const server = await startTemporal(...args)
    started.push(server)
    return server
  }

  test('refuses a port that is in use, by number and by name', async () => {
    const occupant = createServer().listen(0, '127.0.0.1')
    await once(occupant, 'listening')
    const { port } = occupant.address() as AddressInfo
    await expect(start({ headless: true, port })).rejects.toThrow(
      `Port ${port} (port) for the Temporal server is in use`,
    )
    occupant.close()
  })

  test('reports what the server said when it cannot start', async () => {
    const searchAttributes = { SluiceModel: 'NoSuchType' }
    await expect(start({ headless: true, searchAttributes })).rejects.toThrow(
      /did not become ready.*NoSuchType/s,
    )
  })

  test('has the namespace and every search attribute when it says that it is ready', async () => {
    const server = await start({
      headless: true,
      namespace: 'rollouts',
      searchAttributes: searchAttributeTypes,
    })
    const connection = await Connection.connect({ address: server.address })
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: 'rollouts',
    })
    await connection.close()
    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(Object.keys(searchAttributeTypes)))
    expect(server.uiUrl).toBeUndefined()
  })

  test('serves its web UI on loopback unless it is headless', async () => {
    const server = await start({})
    expect(server.uiUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect((await fetch(server.uiUrl ?? '')).status).toBe(200)
  })

  test('keeps workflows in its file over a restart, and registers the attributes again without complaint', async () => {
    const options = {
      headless: true,
      dbFile: join(folder, 'state', 'temporal.sqlite'),
      searchAttributes: searchAttributeTypes,
    }
    const first = await start(options)
    const before = await Connection.connect({ address: first.address })
    await before.workflowService.startWorkflowExecution({
      namespace: 'default',
      workflowId: 'survivor',
      workflowType: { name: 'nobody' },
      taskQueue: { name: 'nowhere' },
      requestId: 'one',
    })
    await before.close()
    await first.close()

    const second = await start(options)
    const after = await Connection.connect({ address: second.address })
    const found = await after.workflowService.describeWorkflowExecution({
      namespace: 'default',
      execution: { workflowId: 'survivor' },
    })
    await after.close()
    expect(found.workflowExecutionInfo?.type?.name).toBe('nobody')
  })

  test('is gone after close, and close may be called twice', async () => {
    const server = await start({ headless: true })
    await server.close()
    await server.close()
    expect(isAlive(server.pid)).toBe(false)
    await expect(server.ended).resolves.toBe('0')
  })

  test('tells its owner when it dies by itself', async () => {
    const server = await start({ headless: true })
    process.kill(server.pid, 'SIGKILL')
    await expect(server.ended).resolves.toContain('SIGKILL')
  })

  test('does not outlive an owner that is killed with SIGKILL', async () => {
    const script = `
      import { register } from 'tsx/esm/api'
      register()
      const { startTemporal } = await import('./cli/embedded/server.ts')
      const server = await startTemporal({ headless: true, cliPath: ${JSON.stringify(await findTemporalCli())} })
      console.log(server.pid)
      setInterval(() => undefined, 1000)`
    const owner = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(owner.stdout, 'data')) as [Buffer]
    const pid = Number(line.toString())
    expect(isAlive(pid)).toBe(true)
    owner.kill('SIGKILL')
    await expect.poll(() => isAlive(pid), { timeout: 30_000 }).toBe(false)
  })

  test('is shared by the tests of a run through inject', async () => {
    const { address, namespace } = inject('temporal')
    const cli = await findTemporalCli()
    const list = [
      'workflow',
      'list',
      '--address',
      address,
      '--namespace',
      namespace,
      '--query',
      'SluicePhase="Baking"',
    ]
    await expect(promisify(execFile)(cli, list)).resolves.toMatchObject({ stderr: '' })
  })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
