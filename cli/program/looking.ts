import { type Command, Option } from 'commander'
import { outcomes, phases } from '../../rollout/phases.ts'
import { examples, remote, type Runner } from './parts.ts'

/** What only looks. */
export function addLooking(program: Command, run: Runner): void {
  remote(program.command('list'))
    .helpGroup('Looking:')
    .summary('list rollouts')
    .description('Lists rollouts: running ones first, then by when they ended.')
    .option('--model <name>', 'of documents with this name')
    .addOption(new Option('--phase <phase>', 'in this phase, such as Baking').choices(phases))
    .addOption(new Option('--outcome <outcome>', 'that ended so, such as RolledBack').choices(outcomes))
    .option('--target <key>', 'that work or worked on ACCOUNT/REGION/ENDPOINT')
    .option('--limit <n>', 'so many at once', '20')
    .option('--all', 'all of them, page by page')
    .addHelpText('after', examples('sluice list', 'sluice list --model fraud-scorer --outcome RolledBack'))
    .action(run(async () => (await import('../commands/list.ts')).list))

  remote(program.command('get'))
    .helpGroup('Looking:')
    .argument('<id>', 'of the rollout')
    .summary('show one rollout: its steps, targets and weights')
    .description(
      'Shows one rollout as a tree of steps and targets; with --watch while it happens, else as it is now.',
    )
    .option('-w, --watch', 'show it while it happens')
    .option('--timeout <duration>', 'with --watch: stop watching (exit 3) after so long')
    .addHelpText('after', examples('sluice get fraud-scorer-38-x7k2p9ab --watch'))
    .action(run(async () => (await import('../commands/get.ts')).get))

  remote(program.command('status'))
    .helpGroup('Looking:')
    .argument('<id>', 'of the rollout')
    .summary('one line and an exit code, for scripts')
    .description(
      'Prints one line and exits with the code of the outcome (see `sluice --help`); 0 while it still runs. With --watch it waits for the outcome.',
    )
    .option('-w, --watch', 'wait until the rollout is Promoted, has ended, or needs a person')
    .option('--timeout <duration>', 'with --watch: give up (exit 3) after so long')
    .addHelpText('after', examples('sluice status fraud-scorer-38-x7k2p9ab --watch --timeout 2h'))
    .action(run(async () => (await import('../commands/get.ts')).status))

  remote(program.command('explain'))
    .helpGroup('Looking:')
    .argument('<id>', 'of the rollout')
    .summary('which alarm, measurement or person decided, with the numbers')
    .description(
      'Says in sentences where a rollout is or how it ended, and which alarm, measurement or person decided that.',
    )
    .addHelpText('after', examples('sluice explain fraud-scorer-38-x7k2p9ab'))
    .action(run(async () => (await import('../commands/explain.ts')).explain))

  remote(program.command('target'))
    .helpGroup('Looking:')
    .argument('<key>', 'ACCOUNT/REGION/ENDPOINT')
    .summary('what serves at an endpoint, since when, by which rollout')
    .description(
      'Says what serves at an endpoint, since when and by which rollout, and what works on it now.',
    )
    .addHelpText('after', examples('sluice target 333333333333/eu-west-1/fraud-scorer'))
    .action(run(async () => (await import('../commands/target.ts')).target))
}
