import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'

/** A process of ours that takes orders and reports, `{ is: 'loaded' }` first. */
export interface Child<Order, Report extends { readonly is: string }> {
  readonly ended: Promise<void>
  /** Sends an order once the process has loaded, and waits for the report that answers it. */
  tell<Is extends Report['is']>(order: Order, answer: Is): Promise<Extract<Report, { is: Is }>>
  /** Hears every report from now on, in place of whoever heard them before. */
  onReport(listener: ((report: Report) => void) | undefined): void
  /** Ends the process with a signal and waits until it is gone. */
  end(signal: NodeJS.Signals): Promise<void>
}

/**
 * Starts a script: TypeScript of this folder, or JavaScript anywhere. It is told its settings by orders, not by variables.
 * `preload`: modules to load before it; `flags`: of V8.
 */
export function startChild<Order extends object, Report extends { readonly is: string }>(
  script: string,
  {
    preload = [],
    flags = [],
  }: { readonly preload?: readonly string[]; readonly flags?: readonly string[] } = {},
): Child<Order, Report> {
  const process_ = fork(resolve(import.meta.dirname, script), {
    execArgv: [
      ...flags,
      ...[...(script.endsWith('.ts') ? ['tsx'] : []), ...preload].flatMap((module) => ['--import', module]),
    ],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      NODE_NO_WARNINGS: '1',
      ...(process.env['TEST_LOG_LEVEL'] ? { TEST_LOG_LEVEL: process.env['TEST_LOG_LEVEL'] } : {}),
    },
  })
  process_.setMaxListeners(50)
  const loaded = heard<Report>(process_, 'loaded')
  loaded.catch(() => undefined)
  let listening: ((report: Report) => void) | undefined
  return {
    ended: new Promise((resolve) => {
      process_.once('exit', () => resolve())
    }),
    async tell(order, answer) {
      await loaded
      const done = heard<Report>(process_, answer)
      process_.send(order)
      return (await done) as never
    },
    onReport(listener) {
      if (listening) process_.off('message', listening)
      listening = listener
      if (listener) process_.on('message', listener)
    },
    async end(signal) {
      if (process_.exitCode !== null || process_.signalCode !== null) return
      const gone = once(process_, 'exit')
      process_.kill(signal)
      await gone
    },
  }
}

/** Waits for one kind of report; throws when the process ends before. */
function heard<Report extends { readonly is: string }>(
  child: ChildProcess,
  kind: Report['is'],
): Promise<Report> {
  return new Promise((resolve, reject) => {
    const listen = (report: Report): void => {
      if (report.is !== kind) return
      stop()
      resolve(report)
    }
    const gone = (code: number | null, signal: string | null): void => {
      stop()
      reject(new Error(`a process ended with ${signal ?? code} before it was ${kind}`))
    }
    const stop = (): void => {
      child.off('message', listen)
      child.off('exit', gone)
    }
    child.on('message', listen)
    child.on('exit', gone)
  })
}
