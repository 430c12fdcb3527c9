import { Command } from 'commander'
import { readFileSync } from 'node:fs'
import { addCompletion } from './completion.ts'
import { addDecisions } from './program/decisions.ts'
import { addLocal } from './program/local.ts'
import { addLooking } from './program/looking.ts'
import { after, type Runner } from './program/parts.ts'
import { addProcesses } from './program/processes.ts'
import { addRollouts } from './program/rollouts.ts'

/** The whole command line. `finished` gets the exit code of the command that ran. */
export function createProgram(finished: (exitCode: number) => void): Command {
  const program = new Command('sluice')
  const run: Runner =
    (load) =>
    async (...args) => {
      // Commander adds the command itself as last argument.
      finished(await (await load())(...(args.slice(0, -1) as never[])))
    }

  program
    .description(
      'Rolls machine-learning models out to SageMaker endpoints in every account and Region, and back.',
    )
    .version(version())
    .exitOverride()
    .showHelpAfterError('(sluice COMMAND --help shows how)')
    .showSuggestionAfterError()
    .helpCommand('help [command]', 'how a command is used')
    .addHelpText('after', after(generalHelp))

  addLocal(program, run)
  addRollouts(program, run)
  addLooking(program, run)
  addDecisions(program, run)
  addProcesses(program, run)
  addCompletion(program)
  return program
}

const generalHelp = [
  'First rollout, without an AWS account:',
  '  $ sluice up                                       (and in another terminal)',
  '  $ sluice start examples/minimal.yaml --watch',
  '',
  'Exit codes:',
  '  0  fine          2  rolled back, aborted, rejected or superseded   4  needs a human, conflict or partial',
  '  1  failed        3  timed out; the rollout goes on                 64 wrong usage, document or credential',
]

function version(): string {
  const { version: found } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as {
    version: string
  }
  return found
}
