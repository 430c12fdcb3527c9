import { type Command, Option } from 'commander'
import { verbPath } from '../../api/verb-path.ts'
import { verbs, type Verb } from '../../rollout/phases.ts'
import { verbHelp } from '../../rollout/roles.ts'
import { examples, remote, type Runner } from './parts.ts'

/** A command for each verb, and what takes care of a rollout. */
export function addDecisions(program: Command, run: Runner): void {
  for (const verb of verbs) addVerb(program, verb, run)

  remote(program.command('acknowledge'))
    .argument('<id>', 'of the rollout')
    .helpGroup('Decisions:')
    .summary('say that you take care of what needs a person (undoes nothing)')
    .description(
      'Says that you take care of a rollout that needs a person, so that nobody is reminded of it any more. Changes nothing in the rollout.',
    )
    .option('-m, --comment <text>', 'kept with who acknowledged and when')
    .addHelpText('after', examples('sluice acknowledge fraud-scorer-38-x7k2p9ab --comment "I am on it"'))
    .action(run(async () => (await import('../commands/acknowledge.ts')).acknowledge))
}

function addVerb(program: Command, verb: Verb, run: Runner): void {
  const name = verbPath(verb)
  remote(program.command(name))
    .argument('<id>', 'of the rollout')
    .summary(`${firstSentence(verbHelp[verb])} (${undoes[verb]})`)
    .helpGroup('Decisions:')
    .description(verbHelp[verb])
    .option('-m, --comment <text>', 'why; kept with the decision')
    .option('--gate <gate>', 'the gate that is meant; without it the one that is open')
    .addOption(new Option('--decision-id <id>', 'send an earlier decision again: it stays one decision'))
    .addHelpText('after', examples(`sluice ${name} fraud-scorer-38-x7k2p9ab ${verbExample[verb]}`))
    .action(
      run(async () => {
        const { decide } = await import('../commands/decide.ts')
        return (id: string, options: object) => decide(verb, id, options)
      }),
    )
}

/** What stands behind each decision in the overview; its own help says all of it. */
const undoes: Readonly<Record<Verb, string>> = {
  approve: 'undoes nothing',
  reject: 'UNDOES everything',
  pause: 'undoes nothing',
  resume: 'undoes nothing',
  promote: 'undoes nothing',
  promoteFull: 'when held, UNDOES unfinished waves',
  abort: 'UNDOES everything',
  retry: 'undoes nothing',
  undo: 'UNDOES everything',
}

/** What somebody would write with it. */
const verbExample: Readonly<Record<Verb, string>> = {
  approve: '--comment "golden set and latency are fine"',
  reject: '--comment "precision on new merchants is too low"',
  pause: '--comment "waiting for the incident in us-east-1 to close"',
  resume: '--comment "the incident is closed"',
  promote: '--comment "two quiet hours are enough"',
  promoteFull: '--comment "fixes a live incident; ben agrees"',
  abort: '--comment "the package was trained on last month\'s data"',
  retry: '--comment "the instance quota has been raised"',
  undo: '--comment "chargebacks are up since the release"',
}

function firstSentence(text: string): string {
  return /^(.*?)[.;:]/.exec(text)?.[1] ?? text
}
