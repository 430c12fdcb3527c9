import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A running program that cannot outlive this process. */
export type Supervised = {
  /** Process id of the program itself, not of its supervisor. */
  readonly pid: number
  /** Settles when the program has ended, with its exit code or signal and the last lines of its stderr. */
  readonly ended: Promise<{ readonly status: string; readonly stderr: string }>
  /** SIGTERM, after 5 s SIGKILL; resolves when the program is gone. Harmless when called again. */
  readonly stop: () => Promise<void>
}

type Report = { pid?: number; failed?: string; ended?: string | number }

/**
 * Starts a program under a small supervisor process that stops it when this process ends in any way.
 * @throws Error if the program cannot be started
 */
export async function supervise(
  command: string,
  args: readonly string[],
  onStderr?: (text: string) => void,
): Promise<Supervised> {
  const script = fileURLToPath(new URL('./supervise.js', import.meta.url))
  const child = spawn(process.execPath, [script, command, ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: true,
    windowsHide: true,
  })
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-4_000)
    onStderr?.(text)
  })
  let status = 'unknown'
  const ended = new Promise<{ status: string; stderr: string }>((resolve) => {
    child.on('close', () => resolve({ status, stderr }))
  })
  const pid = await new Promise<number>((resolve, reject) => {
    child.on('message', (report: Report) => {
      if (report.pid !== undefined) resolve(report.pid)
      if (report.ended !== undefined) status = String(report.ended)
      if (report.failed !== undefined) reject(new Error(`${command} did not start: ${report.failed}`))
    })
    child.on('error', reject)
    child.on('exit', (code) =>
      reject(new Error(`${command} ended at once with code ${code}: ${stderr.trim()}`)),
    )
  })
  return {
    pid,
    ended,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await ended
    },
  }
}
