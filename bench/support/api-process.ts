import { Client, Connection } from '@temporalio/client'
import { startApi } from '../../api/server.ts'
import type { LaunchApi } from '../../test/support/start-stack.ts'
import { createLogger } from '../../worker/logging.ts'

/** The API as the rest of this process: gets a `LaunchApi`, and tells where it listens. */
process.once('message', ({ address, namespace, taskQueue, signingKey, tokens }: LaunchApi) => {
  const serve = async (): Promise<void> => {
    const connection = await Connection.connect({ address })
    const { url } = await startApi({
      client: new Client({ connection, namespace }),
      taskQueue,
      signingKey,
      auth: { tokens },
      logger: createLogger('api', 'silent'),
      requestsPerMinute: 100_000,
    })
    process.send?.({ url })
  }
  serve().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    process.exit(1)
  })
})
process.once('disconnect', () => process.exit(0))
