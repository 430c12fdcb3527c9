import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { TestWorker, TestWorkerOptions } from '../support/worker.ts'
import type { Moment } from './probe.ts'
import type { Order, Report } from './worker-process.ts'

/** A worker process that counts its moments. */
export interface CountingWorker extends TestWorker {
  /** Settles when the process has ended, wanted or not. */
  readonly ended: Promise<void>
  /** Counts anew; with `trap` the process ends itself with SIGKILL at that moment, with `onMoment` it tells of every one. */
  count(options: {
    readonly aliases: Readonly<Record<string, string>>
    readonly trap?: Moment
    readonly onMoment?: (moment: Moment) => void
  }): Promise<void>
}

export interface WorkerPool {
  launch(options: TestWorkerOptions): Promise<CountingWorker>
  close(): Promise<void>
}

const script = fileURLToPath(new URL('./worker-process.ts', import.meta.url))

/** Keeps one process loaded ahead, so that a worker is back within a moment after another died. */
export function createWorkerPool(): WorkerPool {
  let standby: Loaded | undefined
  return {
    async launch(options) {
      const { child, loaded } = standby ?? load()
      standby = load()
      await loaded
      await tell(child, { do: 'poll', options }, 'polling')
      return toWorker(child)
    },
    async close() {
      await end(standby?.child, 'SIGKILL')
    },
  }
}

interface Loaded {
  readonly child: ChildProcess
  readonly loaded: Promise<void>
}

function load(): Loaded {
  const child = fork(script, {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // Only what a worker is told: its AWS and Temporal settings come with the order to poll.
    env: {
      PATH: process.env['PATH'],
      NODE_NO_WARNINGS: '1',
      ...(process.env['TEST_LOG_LEVEL'] ? { TEST_LOG_LEVEL: process.env['TEST_LOG_LEVEL'] } : {}),
    },
  })
  child.setMaxListeners(50)
  const loaded = heard(child, 'loaded')
  loaded.catch(() => undefined)
  return { child, loaded }
}

function toWorker(child: ChildProcess): CountingWorker {
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
  })
  let listener: ((report: Report) => void) | undefined
  return {
    ended,
    kill: () => end(child, 'SIGKILL'),
    close: () => end(child, 'SIGTERM'),
    async count({ onMoment, ...order }) {
      if (listener) child.off('message', listener)
      listener = (report) => {
        if (report.is === 'moment') onMoment?.(report.moment)
      }
      if (onMoment) child.on('message', listener)
      await tell(child, { do: 'count', ...order, record: onMoment !== undefined }, 'counting')
    },
  }
}

async function tell(child: ChildProcess, order: Order, answer: Report['is']): Promise<void> {
  const done = heard(child, answer)
  child.send(order)
  await done
}

/** Waits for one kind of report; throws when the process ends before. */
function heard(child: ChildProcess, kind: Report['is']): Promise<void> {
  return new Promise((resolve, reject) => {
    const listen = (report: Report): void => {
      if (report.is !== kind) return
      stop()
      resolve()
    }
    const gone = (code: number | null, signal: string | null): void => {
      stop()
      reject(new Error(`the worker process ended with ${signal ?? code} before it was ${kind}`))
    }
    const stop = (): void => {
      child.off('message', listen)
      child.off('exit', gone)
    }
    child.on('message', listen)
    child.on('exit', gone)
  })
}

async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}
