import { exitCodes } from '../../rollout/outcome.ts'
import type { Finding } from '../../rollout/plan/types.ts'
import { readDocumentFile } from '../document-file.ts'
import { parseTimeout } from '../duration-option.ts'
import { CliFailure } from '../failure.ts'
import { watchRollout } from '../live/watch.ts'
import { writeFindings } from '../write-plan.ts'
import { connect, type RemoteOptions } from './context.ts'
import { writeVerdict } from './verdict.ts'

export interface StartOptions extends RemoteOptions {
  readonly watch?: boolean
  readonly idempotencyKey?: string
  readonly timeout?: string
}

/** Starts a rollout and, with `--watch`, stays until its end is known. */
export async function start(file: string, options: StartOptions): Promise<number> {
  const timeout = parseTimeout(options.timeout)
  const { text } = await readDocumentFile(file)
  const { client, terminal, json } = connect(options)
  const started = await client.start(text, options.idempotencyKey).catch((error: unknown) => {
    if (!json) for (const line of findingsOf(error, terminal.colors)) terminal.note(line)
    throw error
  })
  if (json) terminal.json(started)
  else
    terminal.out(
      started.repeated ? `${started.id} was started before by this very request` : `started ${started.id}`,
    )
  if (!options.watch) {
    if (!json) terminal.note(`follow it with: sluice get ${started.id} --watch`)
    return exitCodes.fine
  }
  const watched = await watchRollout(client, started.id, terminal, {
    json,
    ...(timeout === undefined ? {} : { timeout }),
  })
  if (!json) writeVerdict(terminal, watched, started.id)
  return watched.exitCode
}

function findingsOf(error: unknown, colors: Parameters<typeof writeFindings>[1]): readonly string[] {
  const problem =
    error instanceof CliFailure ? (error.problem as { findings?: readonly Finding[] } | undefined) : undefined
  return problem?.findings ? writeFindings(problem.findings, colors) : []
}
