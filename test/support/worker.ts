import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { WorkerVersion } from '../../worker/config.ts'

export interface TestWorker {
  /** SIGKILL: no goodbye, as when a machine dies. */
  kill(): Promise<void>
  close(): Promise<void>
}

export interface TestWorkerOptions {
  readonly address: string
  readonly namespace: string
  readonly taskQueue: string
  readonly clockRate: number
  readonly bundle: string
  /** `host:port` of the worker's Prometheus endpoint. */
  readonly metricsAddress: string
  readonly env: Readonly<Record<string, string>>
  readonly version?: WorkerVersion | undefined
  /** Gets what the process writes; default the test's own stderr. */
  readonly output?: (text: string) => void
  /** Modules to load before anything else. */
  readonly preload?: readonly string[]
}

const script = fileURLToPath(new URL('./worker-process.ts', import.meta.url))

/** Starts a worker process and waits until it polls. It ends by itself if the test process dies. */
export async function startTestWorker(options: TestWorkerOptions): Promise<TestWorker> {
  const child = fork(script, {
    execArgv: ['tsx', ...(options.preload ?? [])].flatMap((module) => ['--import', module]),
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      ...options.env,
      TEST_ADDRESS: options.address,
      TEST_NAMESPACE: options.namespace,
      TEST_TASK_QUEUE: options.taskQueue,
      TEST_CLOCK_RATE: String(options.clockRate),
      TEST_BUNDLE: options.bundle,
      TEST_METRICS: options.metricsAddress,
      ...(options.version ? { TEST_VERSION: JSON.stringify(options.version) } : {}),
      ...(process.env['TEST_LOG_LEVEL'] ? { TEST_LOG_LEVEL: process.env['TEST_LOG_LEVEL'] } : {}),
    },
  })
  await ready(child, options.output ?? ((text) => void process.stderr.write(text)))
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }
  return { kill: () => end('SIGKILL'), close: () => end('SIGTERM') }
}

async function ready(child: ChildProcess, output: (text: string) => void): Promise<void> {
  const { stdout } = child
  if (!stdout) throw new Error('the worker process has no stdout')
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`the worker process ended with ${String(code)} before it polled`)
  })
  const polls = new Promise<void>((resolve) => {
    stdout.on('data', (data: Buffer) => {
      const text = data.toString()
      if (text.includes('ready')) resolve()
      else output(text)
    })
  })
  await Promise.race([polls, failed])
  failed.catch(() => undefined)
}
