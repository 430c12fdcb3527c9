import { join } from 'node:path'
import { build } from 'esbuild'
import type { TestWorker, TestWorkerOptions } from '../support/worker.ts'
import { startChild, type Child } from './child.ts'
import type { Moment } from './probe.ts'
import type { Count } from './will.ts'
import type { Order, Report } from './worker-process.ts'

/** A worker process that counts its moments. */
export interface CountingWorker extends TestWorker {
  /** Settles when the process has ended, wanted or not. */
  readonly ended: Promise<void>
  /** Counts anew or goes on from a will, and ends itself at its traps; tells `onMoment` of every moment. */
  count(what: Count, onMoment?: (moment: Moment) => void): Promise<void>
}

export interface WorkerPool {
  /** A worker that polls, and counts from its first task on if told to. */
  launch(options: TestWorkerOptions, count?: Count): Promise<CountingWorker>
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
    async launch(options, first) {
      const child = standby ?? load()
      standby = load()
      const count: CountingWorker['count'] = async (what, onMoment) => {
        child.onReport(onMoment && ((report) => report.is === 'moment' && onMoment(report.moment)))
        await child.tell({ do: 'count', ...what, record: onMoment !== undefined }, 'counting')
      }
      if (first) await count(first)
      await child.tell({ do: 'poll', options }, 'polling')
      return {
        ended: child.ended,
        kill: () => child.end('SIGKILL'),
        close: () => child.end('SIGTERM'),
        count,
      }
    },
    close: async () => standby?.end('SIGKILL'),
  }
}
