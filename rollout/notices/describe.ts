import { meaningOf } from '../outcome.ts'
import type { RolloutView } from '../view.ts'
import type { Notice, NoticeEvent } from './types.ts'

/** Longer texts are cut: a notice passes through histories, and receivers have limits. */
const longest = 2_000

/** A notice with its sentence, from the state of the rollout at this moment. */
export function describeNotice(
  view: RolloutView,
  event: NoticeEvent,
  at: string,
  about: Pick<Notice, 'id'> & Partial<Notice>,
): Notice {
  const { id, name, title, startedBy, phase, outcome, reason } = view
  return {
    ...about,
    event,
    at,
    text: clip(`${about.reminder ? 'Reminder: ' : ''}${sentence(view, event, about)}`),
    rollout: {
      id,
      name,
      title,
      package: view.package,
      startedBy,
      phase,
      message: clip(view.message),
      ...(outcome === undefined ? {} : { outcome }),
      ...(reason === undefined ? {} : { reason: clip(reason) }),
    },
    ...(event === 'needs-human' && view.instructions.length > 0
      ? { instructions: view.instructions.slice(0, 20).map(clip) }
      : {}),
  }
}

function sentence(view: RolloutView, event: NoticeEvent, { step, gate, verdict }: Partial<Notice>): string {
  const { title, outcome, links, reason = view.message } = view
  switch (event) {
    case 'started':
      return `${title} was started by ${view.startedBy}`
    case 'waiting-for-approval':
      if (!gate) return `${title} waits for a person: ${view.message}`
      return `${title} waits for ${gate.required} approval(s) of ${gate.from.join(', ')}: ${gate.title}, ${gate.why}`
    case 'step-done':
      return `${title}: step ${step?.number}, ${step?.title}: ${step?.state}${step?.message ? ` (${step.message})` : ''}`
    case 'alarm':
      return `${title}: ${verdict?.message} (${verdict?.target})`
    case 'succeeded':
    case 'rolled-back':
    case 'failed':
      return `${title} ended ${outcome}: ${outcome ? meaningOf(outcome, links.undoes) : ''}. ${reason}`
    case 'needs-human':
      return outcome
        ? `${title} ended ${outcome}: ${meaningOf(outcome, links.undoes)}. ${reason}`
        : `${title} needs a person: ${view.message}`
  }
}

function clip(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`
}
