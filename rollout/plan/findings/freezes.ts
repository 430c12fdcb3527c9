import { formatDuration } from '../../duration.ts'
import type { Find } from './finding.ts'
import { warning } from './finding.ts'

/** Freezes that the rollout would run into, if it went from step to step without waiting for anybody. */
export const findFreezes: Find = ({ document, facts }, { steps }) => {
  if (document.emergency?.skip.includes('freeze')) return []
  const from = Date.parse(facts.readAt)
  const bakes = steps
    .filter((step) => step.kind === 'bake')
    .reduce((sum, step) => sum + (step.duration ?? 0), 0)
  const until = from + bakes / facts.clockRate
  return facts.freezes
    .filter((freeze) => Date.parse(freeze.from) <= until)
    .map(({ name, reason, from: begins, until: ends }) => {
      const now = Date.parse(begins) <= from
      const when = now ? 'holds now' : `begins ${begins}, in ${formatDuration(Date.parse(begins) - from)}`
      return warning(
        'frozen',
        { path: 'production.freezes' },
        `freeze “${name}”${reason === undefined ? '' : ` (${reason})`} ${when} and ends ${ends}: no step gives the new model more traffic meanwhile; putting back is never frozen`,
        'nothing to do if waiting is fine; else an approver approves at the freeze with a reason, or starts with `emergency: { reason, skip: [freeze] }`',
      )
    })
}
