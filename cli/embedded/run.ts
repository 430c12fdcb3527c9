import { spawn } from 'node:child_process'

/** What a finished program left behind. `code` is null when it could not start, was killed, or ran out of time. */
export type RunOutcome = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/**
 * Runs a program to its end and collects what it printed; never throws and never waits longer than `timeoutMs`.
 * A program that cannot be started counts as one that failed, with the reason in `stderr`.
 */
export function run(
  command: string,
  args: readonly string[],
  { env, timeoutMs }: { env: NodeJS.ProcessEnv; timeoutMs: number },
): Promise<RunOutcome> {
  return new Promise((resolve) => {
    let stdout = ''
    let stderr = ''
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs })
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', (error) => resolve({ code: null, stdout, stderr: stderr || error.message }))
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** The last line that says something, which is where command line programs put their reason. */
export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? ''
}
