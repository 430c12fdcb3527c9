import { allTargets, factsOf } from '../context.ts'
import type { Finding } from '../types.ts'
import type { Find } from './finding.ts'
import { error, warning } from './finding.ts'

/** Another rollout holds a target. One that is Promoted makes way by committing, whatever the document says. */
export const findHolders: Find = (context) => {
  const { whenBusy } = context.document
  return allTargets(context).flatMap(({ target, path }): readonly Finding[] => {
    const { holder } = factsOf(context, target.key)
    if (!holder || holder.rolloutId === context.rolloutId) return []
    const at = { path, target: target.key }
    const held = `${target.key} is held by rollout ${holder.rolloutId} (${holder.phase})`
    if (holder.phase === 'Promoted' || holder.phase === 'Committing')
      return [warning('target-busy', at, `${held}; it is told to commit, and waited for`, 'nothing to do')]
    if (whenBusy === 'reject')
      return [
        error(
          'target-busy',
          at,
          `${held}, and whenBusy is reject`,
          'wait until it has ended or abort it, or write `whenBusy: queue` (waits) or `replace` (puts it back first)',
        ),
      ]
    return [
      warning(
        'target-busy',
        at,
        whenBusy === 'queue' ? `${held}; this rollout waits for it` : `${held}; it is put back first`,
        `nothing to do if that is meant: whenBusy is ${whenBusy}`,
      ),
    ]
  })
}
