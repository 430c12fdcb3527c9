import { CommanderError } from 'commander'
import { exitCodes } from '../rollout/outcome.ts'
import { CliFailure } from './failure.ts'
import { createProgram } from './program.ts'

/** Runs one command line. Every way to fail ends in a sentence on stderr and an exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.fine
  const program = createProgram((code) => (exitCode = code))
  try {
    if (argv.length <= 2) {
      program.outputHelp()
      return exitCodes.usage
    }
    await program.parseAsync([...argv])
    return exitCode
  } catch (error) {
    return report(error, argv.includes('--json'))
  }
}

function report(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.fine : exitCodes.usage
  if (error instanceof CliFailure) {
    if (json) say(JSON.stringify(error.problem ?? { title: error.message, cure: error.cure }))
    else for (const line of [error.message, ...(error.cure ? [error.cure] : [])]) say(line)
    return error.exitCode
  }
  const problems = problemsOf(error)
  for (const line of problems ?? [error instanceof Error ? error.message : String(error)]) say(line)
  return problems ? exitCodes.usage : exitCodes.failed
}

/** A configuration error lists every wrong variable; known by its shape, so that nothing is loaded to know it. */
function problemsOf(error: unknown): readonly string[] | undefined {
  if (!(error instanceof Error) || error.name !== 'ConfigError') return undefined
  return (error as Error & { readonly problems?: readonly string[] }).problems
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // `sluice list | head` closes the pipe early; that is no failure.
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})
process.exitCode = await main(process.argv)
