import { serveApi } from '../../test/support/serve-api.ts'
import type { LaunchApi } from '../../test/support/start-stack.ts'

/** The API as the rest of this process: gets a `LaunchApi`, and tells where it listens. */
process.once('message', (settings: LaunchApi) => {
  serveApi(settings).then(
    ({ url }) => process.send?.({ url }),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
      process.exit(1)
    },
  )
})
process.once('disconnect', () => process.exit(0))
