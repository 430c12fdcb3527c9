import type { RolloutLine } from '../../api/answers.ts'
import { exitCodes } from '../../rollout/outcome.ts'
import type { ListFilter } from '../client.ts'
import { rolloutMark } from '../live/icons.ts'
import { age, clip } from '../live/text.ts'
import { connect, type RemoteOptions } from './context.ts'

export interface ListOptions extends RemoteOptions, Omit<ListFilter, 'cursor'> {
  readonly all?: boolean
}

/** Lists rollouts: running ones first, then by when they ended. */
export async function list(options: ListOptions): Promise<number> {
  const { client, terminal, json } = connect(options)
  const { model, phase, outcome, target, limit, all } = options
  let cursor: string | undefined
  let shown = 0
  do {
    const page = await client.list({ model, phase, outcome, target, limit, cursor })
    for (const rollout of page.rollouts) {
      if (json) terminal.json(rollout)
      else
        terminal.out(
          rolloutMark(rollout).paint(terminal.colors)(clip(writeLine(rollout), terminal.size().columns)),
        )
    }
    shown += page.rollouts.length
    cursor = page.next
  } while (all && cursor !== undefined)
  if (!json && shown === 0) terminal.note('no rollouts')
  if (!json && cursor !== undefined) terminal.note('there are more: --all')
  return exitCodes.fine
}

function writeLine(rollout: RolloutLine): string {
  const since = age(Date.now() - Date.parse(rollout.endedAt ?? rollout.startedAt))
  return `${rolloutMark(rollout).icon} ${rollout.id.padEnd(34)} ${since.padStart(6)}  ${rollout.summary}`
}
