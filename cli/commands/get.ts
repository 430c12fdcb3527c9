import { exitCodeOf, exitCodes, exitCodeWhenDone } from '../../rollout/outcome.ts'
import { summaryLine } from '../../rollout/render.ts'
import type { RolloutAnswer } from '../../api/answers.ts'
import { parseTimeout } from '../duration-option.ts'
import { drawRollout } from '../live/tree.ts'
import { watchRollout } from '../live/watch.ts'
import { writeNotices } from './notices.ts'
import { connect, type RemoteOptions } from './context.ts'
import { writeVerdict } from './verdict.ts'

export interface GetOptions extends RemoteOptions {
  readonly watch?: boolean
  readonly timeout?: string
}

/** Shows one rollout as a tree; with `--watch` while it happens. */
export async function get(id: string, options: GetOptions): Promise<number> {
  const timeout = parseTimeout(options.timeout)
  const { client, terminal, json } = connect(options)
  if (options.watch) {
    const watched = await watchRollout(client, id, terminal, {
      json,
      ...(timeout === undefined ? {} : { timeout }),
    })
    if (!json) writeVerdict(terminal, watched, id)
    return watched.exitCode
  }
  const rollout = await client.get(id)
  if (json) terminal.json(rollout)
  else {
    const { columns } = terminal.size()
    const width = Number.isFinite(columns) ? Math.min(columns, 120) : columns
    for (const line of drawRollout(rollout, { now: Date.now(), width, colors: terminal.colors }))
      terminal.out(line)
    for (const line of await writeNotices(client, id)) terminal.out(terminal.colors.yellow(`  ${line}`))
    if (rollout.links.temporal) terminal.out(terminal.colors.dim(`  ${rollout.links.temporal}`))
  }
  return exitCodes.fine
}

/** One line and an exit code, for scripts; with `--watch` waits until there is one to give. */
export async function status(id: string, options: GetOptions): Promise<number> {
  const timeout = parseTimeout(options.timeout)
  const { client, terminal, json } = connect(options)
  if (!options.watch) {
    const rollout = await client.get(id)
    if (json) terminal.json(rollout)
    else terminal.out(summaryOf(rollout))
    return codeOf(rollout)
  }
  const quiet = { ...terminal, redraws: false, out: () => {}, raw: () => {}, json: () => {} }
  const { exitCode, rollout } = await watchRollout(client, id, quiet, {
    ...(timeout === undefined ? {} : { timeout }),
  })
  if (rollout && json) terminal.json(rollout)
  else if (rollout) terminal.out(summaryOf(rollout))
  return exitCode
}

function summaryOf(rollout: RolloutAnswer): string {
  return rollout.stale ? `${rollout.summary} (stale: no worker answers)` : summaryLine(rollout)
}

function codeOf(rollout: RolloutAnswer): number {
  if (rollout.outcome) return exitCodeOf(rollout.outcome)
  return exitCodeWhenDone(rollout) ?? exitCodes.fine
}
