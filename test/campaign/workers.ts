import { join } from 'node:path'
import { build } from 'esbuild'
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

/** The worker process as one file: it loads in a third of the time, and a campaign loads thousands. */
export async function bundleWorkerProcess(): Promise<string> {
  const outfile = join(import.meta.dirname, '..', '..', '.cache', 'campaign', `worker-${process.pid}.cjs`)
  await build({
    entryPoints: [join(import.meta.dirname, 'worker-process.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['@temporalio/*'],
    // Messages name commands after their classes.
    keepNames: true,
    // As a module sees itself; packages are found from here as from anywhere in the project.
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    define: {
      'import.meta.url': 'importMetaUrl',
      'import.meta.filename': '__filename',
      'import.meta.dirname': '__dirname',
    },
  })
  return outfile
}

/** Keeps one process loaded ahead, so that a worker is back within a moment after another died. */
export function createWorkerPool(script: string): WorkerPool {
  let standby: Child<Order, Report> | undefined
  const load = () => startChild<Order, Report>(script, { flags: ['--max-semi-space-size=32'] })
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
