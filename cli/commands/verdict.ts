import { meaningOf, exitCodes } from '../../rollout/outcome.ts'
import type { Watched } from '../live/watch.ts'
import type { Terminal } from '../terminal.ts'

/** The last words of a watch: how it ended, or how to go on. */
export function writeVerdict(terminal: Terminal, { exitCode, rollout }: Watched, id: string): void {
  if (exitCode === exitCodes.timedOut) {
    terminal.note(`not over yet; the rollout goes on. Look again with: sluice get ${id} --watch`)
  } else if (rollout?.outcome) {
    const undoes = rollout.stale ? rollout.undoes : rollout.links.undoes
    terminal.out(`${rollout.outcome}: ${meaningOf(rollout.outcome, undoes)}. Why: sluice explain ${id}`)
  } else if (rollout?.phase === 'Promoted') {
    terminal.out(
      `Promoted: the new model serves everywhere; until it commits, \`sluice undo ${id}\` puts it back by weights.`,
    )
  } else if (rollout?.phase === 'NeedsHuman' || rollout?.phase === 'Held') {
    terminal.out(`${rollout.phase}: ${rollout.message}. See: sluice explain ${id}`)
  }
}
