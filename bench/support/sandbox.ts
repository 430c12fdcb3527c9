import type { SandboxOptions } from '../../sandbox/start.ts'
import { startChild } from './child.ts'

/** A simulated AWS whose memory and CPU time are its own. */
export interface SandboxProcess {
  readonly url: string
  readonly pid: number
  /** One request to its control API, `/_sandbox/<path>`. Throws with what it says. */
  ask<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T>
  close(): Promise<void>
}

/** Starts one; bytes in a seed must be given as text or base64. */
export async function startSandboxProcess(options: SandboxOptions): Promise<SandboxProcess> {
  const child = startChild('bench/support/sandbox-process.ts')
  child.send(options)
  const { url } = await child.next<{ url: string }>()
  return {
    url,
    pid: child.pid,
    async ask<T>(method: string, path: string, body?: unknown) {
      const response = await fetch(`${url}/_sandbox/${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`${method} ${path}: ${text}`)
      return JSON.parse(text) as T
    },
    close: () => child.close(),
  }
}
