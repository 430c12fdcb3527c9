import { Command, Option } from 'commander'
import { addCompletion } from './completion.ts'
import { readFileSync } from 'node:fs'
import { verbPath } from '../api/verb-path.ts'
import { outcomes, phases } from '../rollout/phases.ts'
import { verbs, type Verb } from '../rollout/phases.ts'
import { verbHelp } from '../rollout/roles.ts'
import { defaultServer } from './client.ts'

/** Commands are loaded when they run, so that help and lint come at once. */
type Run = (...args: never[]) => number | Promise<number>

/** The whole command line. `finished` gets the exit code of the command that ran. */
export function createProgram(finished: (exitCode: number) => void): Command {
  const program = new Command('sluice')
  const run =
    (load: () => Promise<Run>): ((...args: unknown[]) => Promise<void>) =>
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
    .action(run(async () => (await import('./up.ts')).up))

  program
    .command('demo')
    .helpGroup('Everything on this machine:')
    .summary('the story in 90 seconds: a good model goes out, a bad one is put back')
    .description(
      'Plays a whole story with real documents: a good version reaches three Regions, a bad one trips an alarm and every Region is put back.',
    )
    .option('--keep', 'leave everything running afterwards, to look around')
    .addHelpText('after', examples('sluice demo', 'sluice demo --keep'))
    .action(run(async () => (await import('./demo.ts')).demo))

  program
    .command('init')
    .helpGroup('Rollouts:')
    .argument('[file]', 'where to write it; - for stdout', 'rollout.yaml')
    .summary('write a first document')
    .description(
      'Writes a commented rollout document: from an endpoint that serves already, from options, and from a few questions where they do not say enough.',
    )
    .option(
      '--from-endpoint <name>',
      'take over its place, its alarms and its newest approved package; read with your own AWS credentials',
    )
    .option('--region <region>', 'of that endpoint; default AWS_REGION')
    .option('--package <arn>', 'the version of the model package to bring')
    .option('--endpoint <name>', 'the endpoint to bring it to')
    .option('--target <place>', 'ACCOUNT/REGION, a wave each; may be repeated', collect, [])
    .option('--approver <name>', 'a person or group who approves; may be repeated', collect, [])
    .option('--name <name>', 'of the document; default the endpoint’s')
    .option('--percent <n>', 'of the traffic that moves first')
    .option('--bake <duration>', 'how long it is watched then')
    .option('--instance-type <type>', 'for an endpoint that does not exist yet')
    .option('--instance-count <n>', 'for an endpoint that does not exist yet')
    .option('--execution-role <arn>', 'for an endpoint that does not exist yet')
    .option('--force', 'write over a file that is there')
    .addHelpText(
      'after',
      examples(
        'sluice init',
        'sluice init --from-endpoint fraud-scorer --region eu-west-1',
        'sluice init - --package arn:aws:sagemaker:eu-west-1:111111111111:model-package/fraud-scorer/38 --approver ml-leads',
      ),
    )
    .action(run(async () => (await import('./commands/init.ts')).init))

  json(program.command('lint'))
    .helpGroup('Rollouts:')
    .argument('<files...>', 'rollout documents or calendars; - for stdin')
    .summary('check documents without a server')
    .description(
      'Checks rollout documents and calendars of freezes, and prints every problem as `file:line: path: message`. Needs no server.',
    )
    .addHelpText('after', examples('sluice lint rollout.yaml', 'sluice lint examples/*.yaml'))
    .action(run(async () => (await import('./commands/lint.ts')).lint))

  remote(program.command('plan'))
    .helpGroup('Rollouts:')
    .argument('<file>', 'rollout document; - for stdin')
    .summary('show what a rollout would do, and every finding')
    .description(
      'Reads AWS and shows the numbered steps that a rollout would run, and everything that speaks against it. Changes nothing. Exits 1 if the rollout would be refused.',
    )
    .option('--iam', 'print the IAM policy that each role needs for exactly this plan')
    .addHelpText(
      'after',
      examples(
        'sluice plan rollout.yaml',
        'sluice plan rollout.yaml --json | jq .findings',
        'sluice plan rollout.yaml --iam',
      ),
    )
    .action(run(async () => (await import('./commands/plan.ts')).plan))

  remote(program.command('start'))
    .helpGroup('Rollouts:')
    .argument('<file>', 'rollout document; - for stdin')
    .summary('start a rollout')
    .description(
      'Plans and starts a rollout. With --watch it stays until the new model is Promoted everywhere, the rollout has ended, or it needs a person.',
    )
    .option('-w, --watch', 'show the rollout while it happens')
    .option('--timeout <duration>', 'with --watch: stop watching (exit 3) after so long; the rollout goes on')
    .option(
      '--idempotency-key <key>',
      'the same key and document is the same rollout, however often it is sent',
    )
    .addHelpText(
      'after',
      examples(
        'sluice start rollout.yaml --watch',
        'sluice start rollout.yaml --idempotency-key "$CI_COMMIT_SHA" --watch --timeout 2h',
      ),
    )
    .action(run(async () => (await import('./commands/start.ts')).start))

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
    .action(run(async () => (await import('./commands/list.ts')).list))

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
    .action(run(async () => (await import('./commands/get.ts')).get))

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
    .action(run(async () => (await import('./commands/get.ts')).status))

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
    .action(run(async () => (await import('./commands/acknowledge.ts')).acknowledge))

  remote(program.command('explain'))
    .helpGroup('Looking:')
    .argument('<id>', 'of the rollout')
    .summary('which alarm, measurement or person decided, with the numbers')
    .description(
      'Says in sentences where a rollout is or how it ended, and which alarm, measurement or person decided that.',
    )
    .addHelpText('after', examples('sluice explain fraud-scorer-38-x7k2p9ab'))
    .action(run(async () => (await import('./commands/explain.ts')).explain))

  remote(program.command('target'))
    .helpGroup('Looking:')
    .argument('<key>', 'ACCOUNT/REGION/ENDPOINT')
    .summary('what serves at an endpoint, since when, by which rollout')
    .description(
      'Says what serves at an endpoint, since when and by which rollout, and what works on it now.',
    )
    .addHelpText('after', examples('sluice target 333333333333/eu-west-1/fraud-scorer'))
    .action(run(async () => (await import('./commands/target.ts')).target))

  json(program.command('token'))
    .helpGroup('The processes:')
    .argument('<name>', 'who will use it: a person or a program')
    .summary('make a token and its entry for the server’s credentials file')
    .description('Makes a random token. The server’s credentials file (SLUICE_AUTH_FILE) gets only its hash.')
    .option('--role <role>', 'viewer, operator or approver; may be repeated', collect, [])
    .option('--group <group>', 'a group that documents may name in `from`; may be repeated', collect, [])
    .addHelpText(
      'after',
      examples('sluice token mia --role approver --group ml-leads', 'sluice token ci --role operator'),
    )
    .action(
      run(async () => {
        const { token } = await import('./commands/token.ts')
        return (name: string, options: { role: string[]; group: string[]; json?: boolean }) =>
          token(name, { ...options, role: options.role.length > 0 ? options.role : ['viewer'] })
      }),
    )

  program
    .command('worker')
    .helpGroup('The processes:')
    .summary('run a worker against the Temporal of TEMPORAL_ADDRESS')
    .description(
      'Runs the process that carries rollouts out. Configured by TEMPORAL_*, AWS_* and SLUICE_* variables; see docs/operations.md.',
    )
    .action(
      run(async () => {
        const [{ main }, { fail }] = await Promise.all([
          import('../worker/main.ts'),
          import('../worker/fail.ts'),
        ])
        return () => main().then(() => 0, fail)
      }),
    )
  program
    .command('api')
    .helpGroup('The processes:')
    .summary('run the HTTP API against the Temporal of TEMPORAL_ADDRESS')
    .description(
      'Runs the process that answers the HTTP API. Configured by TEMPORAL_* and SLUICE_* variables; see docs/operations.md.',
    )
    .action(
      run(async () => {
        const [{ main }, { fail }] = await Promise.all([
          import('../api/main.ts'),
          import('../worker/fail.ts'),
        ])
        return () => main().then(() => 0, fail)
      }),
    )
  addCompletion(program)
  return program
}

function addVerb(
  program: Command,
  verb: Verb,
  run: (load: () => Promise<Run>) => (...args: unknown[]) => Promise<void>,
): void {
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
        const { decide } = await import('./commands/decide.ts')
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

function remote(command: Command): Command {
  return json(command)
    .option('--server <url>', `of the API; else SLUICE_SERVER, else ${defaultServer}`)
    .option('--token <token>', 'credential; better in SLUICE_TOKEN, which `ps` does not show')
}

function json(command: Command): Command {
  return command.option('--json', 'JSON instead of text, one value a line')
}

function collect(value: string, all: readonly string[]): readonly string[] {
  return [...all, value]
}

function firstSentence(text: string): string {
  return /^(.*?)[.;:]/.exec(text)?.[1] ?? text
}

function examples(...lines: readonly string[]): string {
  return after(['Examples:', ...lines.map((line) => `  $ ${line}`)])
}

function after(lines: readonly string[]): string {
  return `\n${lines.join('\n')}`
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
