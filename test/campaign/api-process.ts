import type { WorkflowClientInterceptor } from '@temporalio/client'
import { serveApi } from '../support/serve-api.ts'
import type { LaunchApi } from '../support/start-stack.ts'

/** What the campaign tells an API process. */
export type ApiOrder =
  | { readonly do: 'serve'; readonly options: LaunchApi; readonly port: number }
  /** Counts its calls to Temporal anew; ends the process with SIGKILL at `trap`. */
  | { readonly do: 'count'; readonly trap?: string }

export type ApiReport =
  | { readonly is: 'loaded' }
  | { readonly is: 'serving'; readonly port: number }
  | { readonly is: 'counting' }
  /** `before/start#1`: a call to Temporal is about to be sent; `after/…`: its answer has come. */
  | { readonly is: 'moment'; readonly moment: string }

const report = (what: ApiReport): void => void process.send?.(what, undefined, undefined, () => undefined)

let trap: string | undefined
const counts = new Map<string, number>()

async function tellAround<T>(call: string, run: () => Promise<T>): Promise<T> {
  const number = (counts.get(call) ?? 0) + 1
  counts.set(call, number)
  const reached = (side: string): void => {
    const moment = `${side}/${call}#${number}`
    if (moment === trap) process.kill(process.pid, 'SIGKILL')
    report({ is: 'moment', moment })
  }
  reached('before')
  return run().finally(() => reached('after'))
}

const interceptor: WorkflowClientInterceptor = {
  start: (input, next) => tellAround('start', () => next(input)),
  startWithDetails: (input, next) => tellAround('start', () => next(input)),
  startUpdate: (input, next) => tellAround('update', () => next(input)),
  signal: (input, next) => tellAround('signal', () => next(input)),
  describe: (input, next) => tellAround('describe', () => next(input)),
}

async function serve(settings: LaunchApi, port: number): Promise<void> {
  const { url } = await serveApi(settings, [interceptor], { port })
  report({ is: 'serving', port: Number(new URL(url).port) })
}

process.on('message', (order: ApiOrder) => {
  if (order.do === 'serve') {
    void serve(order.options, order.port)
    return
  }
  trap = order.trap
  counts.clear()
  report({ is: 'counting' })
})
process.once('disconnect', () => process.exit(0))
report({ is: 'loaded' })
