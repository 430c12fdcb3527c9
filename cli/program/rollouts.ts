import type { Command } from 'commander'
import { collect, examples, json, remote, type Runner } from './parts.ts'

/** From a document to a rollout. */
export function addRollouts(program: Command, run: Runner): void {
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
    .action(run(async () => (await import('../commands/init.ts')).init))

  json(program.command('lint'))
    .helpGroup('Rollouts:')
    .argument('<files...>', 'rollout documents or calendars; - for stdin')
    .summary('check documents without a server')
    .description(
      'Checks rollout documents and calendars of freezes, and prints every problem as `file:line: path: message`. Needs no server.',
    )
    .addHelpText('after', examples('sluice lint rollout.yaml', 'sluice lint examples/*.yaml'))
    .action(run(async () => (await import('../commands/lint.ts')).lint))

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
    .action(run(async () => (await import('../commands/plan.ts')).plan))

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
    .action(run(async () => (await import('../commands/start.ts')).start))
}
