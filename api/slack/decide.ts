import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { decidedBy, readGateKey } from '../../rollout/notices/slack/answers.ts'
import { gateKey, type Pressed, type SlackVerb } from '../../rollout/notices/slack/buttons.ts'
import { escape } from '../../rollout/notices/slack/text.ts'
import type { Identity } from '../../workflows/messages.ts'
import type { RolloutAnswer } from '../answers.ts'
import { requireAcknowledge, requireVerb } from '../auth/authorize.ts'
import type { ApiContext } from '../context.ts'
import { ApiError } from '../errors.ts'
import type { Metrics } from '../metrics.ts'
import { toProblem } from '../problem.ts'
import { acknowledge } from '../temporal/notifications.ts'
import { readRollout } from '../temporal/read-rollout.ts'
import { sendMessage } from '../temporal/send-message.ts'

const mostAttempts = 10

/** What somebody who is known said about a rollout. */
export interface Said {
  readonly verb: SlackVerb
  readonly about: Pressed
  readonly by: Identity
  /** Slack's id of who says it. */
  readonly user: string
  readonly comment?: string
}

/**
 * Carries out what was said, by the same way as the HTTP API, and returns what to tell the one who said it. A repeat of the
 * same press, by redelivery or by a double click, has the same decision id: it is one decision.
 * @throws what is unexpected
 */
export async function decide(context: ApiContext, metrics: Metrics, said: Said): Promise<string> {
  try {
    return escape(await carryOut(context, metrics, said))
  } catch (error) {
    const { unexpected, body } = toProblem(error)
    if (unexpected) throw error
    const late = await whoDecided(context, said).catch(() => undefined)
    return late ?? `:warning: ${escape(body.title)}: ${escape(body.detail)} ${escape(body.cure)}`
  }
}

async function carryOut(context: ApiContext, metrics: Metrics, said: Said): Promise<string> {
  const { verb, about, by, comment } = said
  const decisionId = decisionIdOf(said)
  const at = new Date().toISOString()
  const more = comment ? { comment } : {}
  if (verb === 'acknowledge') {
    const { name } = requireAcknowledge(by)
    return (await acknowledge(context, about.rollout, { decisionId, by: name, at, ...more })).message
  }
  requireVerb(by, verb)
  const gate = verb === 'approve' || verb === 'reject' ? await openGate(context, about) : undefined
  const message = { verb, decisionId, by, at, ...more, ...(gate === undefined ? {} : { gate }) }
  const answer = await untilKnown(() => sendMessage(context, about.rollout, message))
  metrics.decided(verb, answer.result)
  return answer.message
}

/** Nobody in Slack waits for an answer within a second: the same decision is sent again until it is known. */
async function untilKnown<T>(send: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send()
    } catch (error) {
      const unknown = error instanceof ApiError && error.problem === 'outcome-unknown'
      if (!unknown || error.members.left === true || attempt === mostAttempts) throw error
      await sleep(1_000)
    }
  }
}

/**
 * The gate of the button, if it is the one that is open. The id alone does not say so: a gate of that id may have been
 * closed and opened again since the button was drawn.
 */
async function openGate(context: ApiContext, { rollout, key }: Pressed): Promise<string> {
  const gate = readGateKey(key)
  if (!gate) throw new ApiError('refused', 'The button names no gate.')
  const now = await readRollout(context, rollout)
  // Without a worker nobody knows: the decision is left with Temporal, and the workflow compares the gate itself.
  if (!now.stale && (!now.gate || gateKey(now.gate) !== key)) {
    throw new ApiError('refused', 'The gate of this button is not open any more.')
  }
  return gate.id
}

/** Who was there before, when the gate of the button is not open any more. */
async function whoDecided(context: ApiContext, { verb, about }: Said): Promise<string | undefined> {
  if (verb !== 'approve' && verb !== 'reject') return undefined
  const gate = readGateKey(about.key)
  const now = await readLive(context, about.rollout)
  if (!gate || now.stale || (now.gate && gateKey(now.gate) === about.key)) return undefined
  return decidedBy(now, gate)
}

/** A worker that is busy may be too late once; who was faster is worth asking again for. */
async function readLive(context: ApiContext, id: string): Promise<RolloutAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    const now = await readRollout(context, id)
    if (!now.stale || attempt === mostAttempts) return now
    await sleep(1_000)
  }
}

function decisionIdOf({ about, user }: Said): string {
  const hash = createHash('sha256').update(JSON.stringify([about.rollout, about.key, user]))
  return `slack-${user}-${hash.digest('hex').slice(0, 24)}`
}
