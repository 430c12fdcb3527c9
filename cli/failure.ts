/** Ends a command with an exit code, a sentence, and what to do about it. */
export class CliFailure extends Error {
  override name = 'CliFailure'
  readonly exitCode: number
  readonly cure: string | undefined
  /** For `--json`: the whole problem. */
  readonly problem: unknown

  constructor(
    exitCode: number,
    message: string,
    { cure, problem }: { readonly cure?: string; readonly problem?: unknown } = {},
  ) {
    super(message)
    this.exitCode = exitCode
    this.cure = cure
    this.problem = problem
  }
}
