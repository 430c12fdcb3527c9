import { startStackOn, type Stack } from '../../test/support/start-stack.ts'
import { startChild, type Child } from './child.ts'
import { versions } from './fleet-world.ts'
import { launchWorker } from './launch-worker.ts'
import type { OwnSurroundings } from './surroundings.ts'

/**
 * A stack on which SageMaker takes no time, with its worker and its API in processes that can be looked at; `script` calls
 * `runWorker`.
 */
export async function startWithWorker(
  surroundings: OwnSurroundings,
  clockRate: number,
  script: string,
): Promise<{ readonly stack: Stack; readonly worker: Child; readonly api: Child }> {
  let worker: Child | undefined
  const api = startChild('bench/support/api-process.ts')
  const stack = await startStackOn(surroundings, {
    clockRate,
    versions: await versions(),
    sagemaker: { updateMs: 0, weightsMs: 0, createMs: 0 },
    launchApi: async (settings) => {
      api.send(settings)
      const { url } = await api.next<{ url: string }>()
      return { url, close: api.close }
    },
    launchWorker: async (options) => {
      const launched = await launchWorker(script, options)
      worker = launched
      return launched
    },
  })
  if (!worker) throw new Error('there is no worker')
  return { stack, worker, api }
}
