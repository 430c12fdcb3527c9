import type { LaunchApi } from '../support/start-stack.ts'
import type { ApiOrder, ApiReport } from './api-process.ts'
import { startChild, type Child } from './child.ts'

/** An API in a process of its own, which is started again at the same address whenever it dies. */
export interface ApiServer {
  readonly url: string
  /** Counts its calls to Temporal anew; with `trap` it dies of SIGKILL there. */
  count(trap?: string): Promise<void>
  /** How often it died. */
  deaths(): number
  close(): Promise<void>
}

export interface ApiServerOptions {
  readonly onMoment?: (moment: string) => void
  /** Modules to load before it. */
  readonly preload?: readonly string[]
}

export async function startApiServer(
  options: LaunchApi,
  { onMoment, preload }: ApiServerOptions = {},
): Promise<ApiServer> {
  let closed = false
  let deaths = 0
  let port = 0
  let child: Child<ApiOrder, ApiReport>
  let back: Promise<void> = Promise.resolve()
  const serve = async (): Promise<void> => {
    const started = startChild<ApiOrder, ApiReport>('./api-process.ts', { preload })
    child = started
    ;({ port } = await started.tell({ do: 'serve', options, port }, 'serving'))
    started.onReport((report) => report.is === 'moment' && onMoment?.(report.moment))
    void started.ended.then(() => {
      if (closed) return
      deaths++
      back = serve()
    })
  }
  await serve()
  return {
    url: `http://127.0.0.1:${port}`,
    async count(trap) {
      await back
      await child.tell({ do: 'count', ...(trap === undefined ? {} : { trap }) }, 'counting')
    },
    deaths: () => deaths,
    async close() {
      closed = true
      await back
      await child.end('SIGKILL')
    },
  }
}
