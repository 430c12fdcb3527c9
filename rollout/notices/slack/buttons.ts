import type { Button } from '@slack/web-api'
import type { Verb } from '../../phases.ts'
import type { RolloutView } from '../../view.ts'

/** What can be said from Slack: the verbs whose meaning fits on a button, and that somebody takes care of trouble. */
export const slackVerbs = ['approve', 'reject', 'pause', 'resume', 'retry', 'abort', 'acknowledge'] as const

export type SlackVerb = (typeof slackVerbs)[number]

/** What a button carries: what it is about, as it was when the button was drawn. */
export interface Pressed {
  readonly rollout: string
  /** The gate that was open (`approval@2026-…`), else the version of the state: repeats of one press are one decision. */
  readonly key: string
  /** The one who presses it is asked why first. */
  readonly why?: true
}

const labels: Readonly<Record<SlackVerb, string>> = {
  approve: 'Approve',
  reject: 'Reject',
  pause: 'Pause',
  resume: 'Resume',
  retry: 'Retry',
  abort: 'Abort',
  acknowledge: 'I take care of it',
}

const styles: Readonly<Partial<Record<SlackVerb, 'primary' | 'danger'>>> = {
  approve: 'primary',
  reject: 'danger',
  abort: 'danger',
  acknowledge: 'primary',
}

/** `approve` → the `action_id` of its button. */
export function actionId(verb: SlackVerb): string {
  return `sluice:${verb}`
}

/** The verb of an `action_id`; null for what is not ours. */
export function verbOf(action: string): SlackVerb | null {
  return slackVerbs.find((verb) => actionId(verb) === action) ?? null
}

/** Names the gate that is open, and none that opens later under the same id. */
export function gateKey(gate: { readonly id: string; readonly openedAt: string }): string {
  return `${gate.id}@${gate.openedAt}`
}

/** One button for everything that may be said now. */
export function drawButtons(view: RolloutView, unacknowledged: boolean): readonly Button[] {
  const legal = slackVerbs.filter((verb) =>
    verb === 'acknowledge' ? unacknowledged : view.legal.includes(verb satisfies Verb),
  )
  return legal.map((verb) => {
    const decides = verb === 'approve' || verb === 'reject'
    const key = decides && view.gate ? gateKey(view.gate) : String(view.version)
    const style = styles[verb]
    const why = verb === 'reject' || (verb === 'approve' && view.gate?.needsReason === true)
    const about: Pressed = { rollout: view.id, key, ...(why ? { why: true } : {}) }
    return {
      type: 'button',
      action_id: actionId(verb),
      text: { type: 'plain_text', text: `${labels[verb]}${why ? '…' : ''}` },
      value: JSON.stringify(about),
      ...(style ? { style } : {}),
      ...(verb === 'abort' ? { confirm: confirmAbort(view.title) } : {}),
    }
  })
}

function confirmAbort(title: string): NonNullable<Button['confirm']> {
  return {
    title: { type: 'plain_text', text: 'Abort the rollout?' },
    text: { type: 'plain_text', text: `${title.slice(0, 150)}: everything is put back as it was before.` },
    confirm: { type: 'plain_text', text: 'Abort' },
    deny: { type: 'plain_text', text: 'Go on' },
    style: 'danger',
  }
}
