import { startSandbox, type SandboxOptions } from '../../sandbox/start.ts'

/** The simulated AWS as a process of its own: takes its options as the first message, and answers with its address. */
process.once('message', (options: SandboxOptions) => {
  startSandbox(options).then(
    (sandbox) => {
      process.send?.({ url: sandbox.url })
      process.once('SIGTERM', () => void sandbox.close().then(() => process.exit(0)))
    },
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`)
      process.exit(1)
    },
  )
})
process.once('disconnect', () => process.exit(0))
