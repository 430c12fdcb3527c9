import { z } from 'zod'
import { verbOf, type Pressed, type SlackVerb } from '../../rollout/notices/slack/buttons.ts'
import { explained, reasonCallback, type Asked } from '../../rollout/notices/slack/modal.ts'
import { rolloutId } from '../routes/schemas.ts'

/** Something that a person did in Slack. */
export type Interaction =
  | {
      readonly kind: 'pressed'
      readonly user: string
      readonly verb: SlackVerb
      readonly about: Pressed
      readonly channel: string
      /** Opens a modal, once, within three seconds. */
      readonly trigger: string
    }
  | {
      readonly kind: 'explained'
      readonly user: string
      readonly about: Asked
      readonly comment: string
    }
  /** Signed by Slack, and nothing that Sluice shows. */
  | { readonly kind: 'foreign' }

const user = z.object({ id: z.string().min(1).max(40) })
const channelId = z.string().min(1).max(40)
const pressed = z.object({
  rollout: rolloutId,
  key: z.string().min(1).max(400),
  why: z.literal(true).exactOptional(),
})

const buttonPressed = z.object({
  type: z.literal('block_actions'),
  user,
  trigger_id: z.string().min(1),
  container: z.object({ channel_id: channelId }),
  actions: z.array(z.object({ action_id: z.string(), value: z.string().optional() })).min(1),
})

const modalSubmitted = z.object({
  type: z.literal('view_submission'),
  user,
  view: z.object({
    callback_id: z.string(),
    private_metadata: z.string(),
    state: z.object({
      values: z.object({ comment: z.object({ comment: z.object({ value: z.string().nullable() }) }) }),
    }),
  }),
})

/**
 * Reads the body of an interaction: a form with one field `payload`, JSON.
 * @returns null when it is malformed
 */
export function readInteraction(body: Buffer): Interaction | null {
  const payload = parseJson(new URLSearchParams(body.toString('utf8')).get('payload'))
  if (typeof payload !== 'object' || payload === null || !('type' in payload)) return null
  if (payload.type === 'block_actions') return readButton(payload)
  if (payload.type === 'view_submission') return readModal(payload)
  return { kind: 'foreign' }
}

function readButton(payload: object): Interaction | null {
  const parsed = buttonPressed.safeParse(payload)
  if (!parsed.success) return null
  const { user: by, trigger_id: trigger, container, actions } = parsed.data
  const [action] = actions
  const verb = verbOf(action?.action_id ?? '')
  if (verb === null) return { kind: 'foreign' }
  const about = pressed.safeParse(parseJson(action?.value ?? null))
  if (!about.success) return null
  return { kind: 'pressed', user: by.id, verb, about: about.data, channel: container.channel_id, trigger }
}

function readModal(payload: object): Interaction | null {
  const parsed = modalSubmitted.safeParse(payload)
  if (!parsed.success) return null
  const { user: by, view } = parsed.data
  if (view.callback_id !== reasonCallback) return { kind: 'foreign' }
  const about = pressed
    .extend({ channel: channelId, verb: z.enum(explained) })
    .safeParse(parseJson(view.private_metadata))
  if (!about.success) return null
  const comment = view.state.values.comment.comment.value ?? ''
  return { kind: 'explained', user: by.id, about: about.data, comment: comment.slice(0, 2_000) }
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? null : (JSON.parse(text) as unknown)
  } catch {
    return null
  }
}
