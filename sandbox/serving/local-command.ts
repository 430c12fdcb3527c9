import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import type { ModelFiles } from './artifact.ts'
import type { Container } from './container.ts'

const HEALTH_MS = 15_000

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no free port')),
      )
    })
  })

const writeFiles = async (files: ModelFiles): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'sandbox-model-'))
  for (const [name, content] of files) {
    const path = join(folder, normalize(join('/', name)))
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
  }
  return folder
}

const pinged = (url: string) =>
  fetch(`${url}/ping`).then(
    (answer) => answer.ok,
    () => false,
  )

/**
 * Runs a command that honours SageMaker's container contract on loopback: it must answer `GET /ping` with 200 and
 * `POST /invocations`, on the port in `SAGEMAKER_BIND_TO_PORT`; the model lies in `SM_MODEL_DIR`. Refused unless the
 * sandbox itself runs with `SANDBOX_ALLOW_COMMANDS=1`, because whoever reaches it could run anything.
 */
export const startCommand = async (
  command: string,
  files: ModelFiles,
  environment: Readonly<Record<string, string>>,
): Promise<Pick<Container, 'invoke' | 'stop'>> => {
  if (process.env.SANDBOX_ALLOW_COMMANDS !== '1') {
    throw new Error(
      'SANDBOX_COMMAND is refused: start the sandbox with SANDBOX_ALLOW_COMMANDS=1 to allow local commands',
    )
  }
  const folder = await writeFiles(files)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = spawn(command, {
    shell: true,
    cwd: folder,
    detached: true,
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH ?? '',
      ...environment,
      SM_MODEL_DIR: folder,
      SAGEMAKER_BIND_TO_PORT: String(port),
    },
  })
  let ended = false
  child.on('exit', () => (ended = true))
  child.on('error', () => (ended = true))
  const stop = () => {
    process.off('exit', stop)
    if (!ended && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    void rm(folder, { recursive: true, force: true })
  }
  process.on('exit', stop)
  for (const deadline = Date.now() + HEALTH_MS; !(await pinged(url));) {
    if (!ended && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      continue
    }
    stop()
    throw new Error(ended ? 'the command ended before it answered /ping' : 'the command did not answer /ping')
  }
  return {
    stop,
    async invoke({ body, contentType, accept, customAttributes }) {
      const answer = await fetch(`${url}/invocations`, {
        method: 'POST',
        body: new Uint8Array(body),
        headers: {
          'content-type': contentType,
          ...(accept ? { accept } : {}),
          ...(customAttributes ? { 'x-amzn-sagemaker-custom-attributes': customAttributes } : {}),
        },
      })
      return {
        status: answer.status,
        body: Buffer.from(await answer.arrayBuffer()),
        contentType: answer.headers.get('content-type') ?? 'application/octet-stream',
      }
    },
  }
}
