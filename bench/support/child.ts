import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A process of ours that measures apart from this one. */
export interface Child {
  readonly pid: number
  /** The next message that it sends. Throws when it ends before. */
  next<T>(): Promise<T>
  send(message: unknown): void
  close(): Promise<void>
}

/**
 * Starts a TypeScript file of the project as a process of its own, with a channel for messages.
 * @param script its path below the project
 */
export function startChild(
  script: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Child {
  const child = fork(fileURLToPath(new URL(`../../${script}`, import.meta.url)), args, {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { PATH: process.env['PATH'], AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...env },
  })
  const inbox = messagesOf(child, script)
  return {
    pid: child.pid ?? 0,
    next: inbox,
    send: (message) => void child.send(message as object),
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
  }
}

/** Messages in the order in which they came, also those that came before anybody asked. */
function messagesOf(child: ChildProcess, script: string) {
  const arrived: unknown[] = []
  let wake = (): void => undefined
  let ended: string | undefined
  child.on('message', (message) => {
    arrived.push(message)
    wake()
  })
  child.once('exit', (code, signal) => {
    ended = `${script} ended with ${code ?? signal}`
    wake()
  })
  return async <T>(): Promise<T> => {
    while (arrived.length === 0) {
      if (ended !== undefined) throw new Error(ended)
      await new Promise<void>((resolve) => (wake = resolve))
    }
    return arrived.shift() as T
  }
}
