import type { TestWorker, TestWorkerOptions } from '../support/worker.ts'
import { startChild, type Child } from './child.ts'
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

/** Keeps one process loaded ahead, so that a worker is back within a moment after another died. */
export function createWorkerPool(): WorkerPool {
  let standby: Child<Order, Report> | undefined
  const load = () => startChild<Order, Report>('./worker-process.ts')
  return {
    async launch(options) {
      const child = standby ?? load()
      standby = load()
      await child.tell({ do: 'poll', options }, 'polling')
      return {
        ended: child.ended,
        kill: () => child.end('SIGKILL'),
        close: () => child.end('SIGTERM'),
        async count({ onMoment, ...order }) {
          child.onReport(onMoment && ((report) => report.is === 'moment' && onMoment(report.moment)))
          await child.tell({ do: 'count', ...order, record: onMoment !== undefined }, 'counting')
        },
      }
    },
    close: async () => standby?.end('SIGKILL'),
  }
}
