import picocolors from 'picocolors'

export type Colors = ReturnType<typeof picocolors.createColors>

/** Where a command writes, and what it may do there. */
export interface Terminal {
  /** One line or several, for people and pipes. */
  out(text: string): void
  /** What is no result: progress, warnings, errors. */
  note(text: string): void
  /** A value, as JSON on one line. */
  json(value: unknown): void
  /** As it is, without a line end. */
  raw(text: string): void
  readonly colors: Colors
  /** True if what is written can be redrawn in place. */
  readonly redraws: boolean
  /** A pipe has no end of columns: what is written there is never cut. */
  readonly size: () => { readonly columns: number; readonly rows: number }
}

/** The process's own terminal. Neither colours nor redrawing in a pipe, nor with NO_COLOR or TERM=dumb. */
export function openTerminal(
  stdout: NodeJS.WriteStream = process.stdout,
  stderr: NodeJS.WriteStream = process.stderr,
  env: NodeJS.ProcessEnv = process.env,
): Terminal {
  const plain = Boolean(env.NO_COLOR) || env.TERM === 'dumb' || !stdout.isTTY
  return {
    out: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    json: (value) => void stdout.write(`${JSON.stringify(value)}\n`),
    raw: (text) => void stdout.write(text),
    colors: picocolors.createColors(!plain),
    redraws: !plain,
    size: () => ({
      columns: stdout.isTTY ? stdout.columns || 80 : Number.POSITIVE_INFINITY,
      rows: stdout.rows || 24,
    }),
  }
}
