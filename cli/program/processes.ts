import type { Command } from 'commander'
import { collect, examples, json, type Run, type Runner } from './parts.ts'

/** The processes of the service, and who may talk to them. */
export function addProcesses(program: Command, run: Runner): void {
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
        const { token } = await import('../commands/token.ts')
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
    .action(run(() => untilItEnds(import('../../worker/main.ts'))))
  program
    .command('api')
    .helpGroup('The processes:')
    .summary('run the HTTP API against the Temporal of TEMPORAL_ADDRESS')
    .description(
      'Runs the process that answers the HTTP API. Configured by TEMPORAL_* and SLUICE_* variables; see docs/operations.md.',
    )
    .action(run(() => untilItEnds(import('../../api/main.ts'))))
}

async function untilItEnds(loading: Promise<{ main(): Promise<unknown> }>): Promise<Run> {
  const [{ main }, { fail }] = await Promise.all([loading, import('../../worker/fail.ts')])
  return () => main().then(() => 0, fail)
}
