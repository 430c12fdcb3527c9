import { spawn, type ChildProcess } from 'node:child_process'
import { chmod, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { digestOf, type Fetched } from './cache.ts'
import type { BinarySpec } from './binaries.ts'
import { lastLine } from './run.ts'

/**
 * Lets the Temporal SDK download the program into `folder`, and gives up once nothing has arrived for `patienceMs`: a
 * network that drops packets would otherwise hold a start for minutes.
 * @throws Error with the SDK's own reason
 */
export async function downloadBySdk(
  spec: BinarySpec,
  folder: string,
  { env, patienceMs = 15_000 }: { env: NodeJS.ProcessEnv; patienceMs?: number },
): Promise<Fetched> {
  const script = fileURLToPath(new URL('./sdk-download.js', import.meta.url))
  const child = spawn(process.execPath, [script, spec.sdkServer, folder, `v${spec.version}`], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own, so that a server that the SDK has started meanwhile is ended with it.
    detached: process.platform !== 'win32',
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const exited = new Promise<'exited'>((resolve) => child.on('close', () => resolve('exited')))

  let bytes = 0
  let since = Date.now()
  while ((await Promise.race([exited, delay(500)])) !== 'exited') {
    const now = await bytesIn(folder)
    if (now !== bytes) {
      bytes = now
      since = Date.now()
    } else if (Date.now() - since > patienceMs) {
      endGroup(child)
      await exited
      throw new Error(`nothing arrived from temporal.download for ${Math.round(patienceMs / 1000)} s`)
    }
  }
  const name = (await readdir(folder)).find((file) => !file.endsWith('.downloading'))
  if (name === undefined) throw new Error(rootCause(stderr) || 'the SDK left no file')
  const path = join(folder, name)
  await chmod(path, 0o755)
  return { path, sha256: (await digestOf(path)) ?? '', source: 'the download of the Temporal SDK' }
}

async function bytesIn(folder: string): Promise<number> {
  const sizes = await Promise.all(
    (await readdir(folder)).map(async (name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined && process.platform !== 'win32') process.kill(-child.pid, 'SIGKILL')
    else child.kill('SIGKILL')
  } catch {
    // It ended by itself in the meantime.
  }
}

/** The SDK nests its reasons, `error (url): error (url): cause`; the last one is what a person can act on. */
function rootCause(stderr: string): string {
  return lastLine(stderr).split('): ').at(-1) ?? ''
}
