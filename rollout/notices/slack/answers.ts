import type { Decision, RolloutView } from '../../view.ts'
import { escape, moment } from './text.ts'

/** Who decided at a gate already, for those who came too late; undefined if nobody did. */
export function decidedBy(
  { decisions }: Pick<RolloutView, 'decisions'>,
  { id, openedAt }: { readonly id: string; readonly openedAt: string },
): string | undefined {
  const decision = decisions.findLast(
    ({ verb, gate, at, result }) =>
      (verb === 'approve' || verb === 'reject') &&
      (gate === undefined || gate === id) &&
      at >= openedAt &&
      !result.startsWith('refused'),
  )
  return decision && describe(decision)
}

function describe({ verb, by, at, comment }: Decision): string {
  const done = verb === 'approve' ? 'approved' : 'rejected'
  return `It was already ${done} by ${escape(by)} ${moment(at)}${comment ? `: “${escape(comment)}”` : ''}.`
}

/** A key of `gateKey`, read back. */
export function readGateKey(key: string): { readonly id: string; readonly openedAt: string } | null {
  const at = key.lastIndexOf('@')
  return at > 0 ? { id: key.slice(0, at), openedAt: key.slice(at + 1) } : null
}
