import { Client, Connection, type WorkflowClientInterceptor } from '@temporalio/client'
import { startApi, type RunningApi, type StartApiOptions } from '../../api/server.ts'
import { createLogger } from '../../worker/logging.ts'
import type { LaunchApi } from './start-stack.ts'

type Own = 'client' | 'taskQueue' | 'signingKey' | 'auth'

/** An API with a connection to Temporal of its own, whose calls the interceptors see; no limit is in its way. */
export async function serveApi(
  { address, namespace, taskQueue, signingKey, tokens }: LaunchApi,
  interceptors: readonly WorkflowClientInterceptor[] = [],
  options: Partial<Omit<StartApiOptions, Own>> = {},
): Promise<RunningApi> {
  const connection = await Connection.connect({ address })
  return startApi({
    client: new Client({ connection, namespace, interceptors: { workflow: [...interceptors] } }),
    taskQueue,
    signingKey,
    auth: { tokens },
    logger: createLogger('api', 'silent'),
    requestsPerMinute: 100_000,
    ...options,
  })
}
