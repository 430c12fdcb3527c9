import type { Command } from 'commander'
import { examples, type Runner } from './parts.ts'

/** What runs everything on this machine. */
export function addLocal(program: Command, run: Runner): void {
  program
    .command('up')
    .helpGroup('Everything on this machine:')
    .summary('everything embedded: Temporal with its UI, a simulated AWS, worker and API')
    .description(
      'Starts everything on this machine, with nothing to configure and no AWS account, until Ctrl-C.',
    )
    .option(
      '--db <file>',
      'keep rollouts in this SQLite file over restarts; without it they are gone with Ctrl-C',
    )
    .option('--notify <file>', 'notifications file: who is told what, and who may decide from Slack')
    .option('--clock-rate <rate>', 'how much faster than real time simulated AWS and waits run', '60')
    .addHelpText('after', examples('sluice up', 'sluice up --clock-rate 1 --db .cache/sluice.db'))
    .action(run(async () => (await import('../up.ts')).up))

  program
    .command('demo')
    .helpGroup('Everything on this machine:')
    .summary('the story in 90 seconds: a good model goes out, a bad one is put back')
    .description(
      'Plays a whole story with real documents: a good version reaches three Regions, a bad one trips an alarm and every Region is put back.',
    )
    .option('--keep', 'leave everything running afterwards, to look around')
    .addHelpText('after', examples('sluice demo', 'sluice demo --keep'))
    .action(run(async () => (await import('../demo.ts')).demo))
}
