import type { View } from '@slack/web-api'
import type { Pressed } from './buttons.ts'
import { clip } from './text.ts'

/** What can be asked for a reason. */
export const explained = ['approve', 'reject'] as const

/** What the modal brings back when it is submitted. */
export interface Asked extends Pressed {
  readonly verb: (typeof explained)[number]
  /** Where the button was, for the answer. */
  readonly channel: string
}

export const reasonCallback = 'sluice:reason'

const titles: Readonly<Record<Asked['verb'], string>> = { approve: 'Approve', reject: 'Reject' }

const meanings: Readonly<Record<Asked['verb'], string>> = {
  approve: 'goes on.',
  reject: 'is put back, in every account and Region.',
}

/** Asks why somebody decides so. */
export function reasonModal(asked: Asked): View {
  const title = titles[asked.verb]
  return {
    type: 'modal',
    callback_id: reasonCallback,
    private_metadata: JSON.stringify(asked),
    title: { type: 'plain_text', text: title },
    submit: { type: 'plain_text', text: title },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks: [
      {
        type: 'section',
        text: {
          type: 'mrkdwn',
          text: `\`${clip(asked.rollout, 100)}\` ${meanings[asked.verb]} Your comment is kept with the decision.`,
        },
      },
      {
        type: 'input',
        block_id: 'comment',
        label: { type: 'plain_text', text: 'Why?' },
        element: { type: 'plain_text_input', action_id: 'comment', multiline: true, max_length: 2_000 },
      },
    ],
  }
}
