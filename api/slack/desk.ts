import { WebClient } from '@slack/web-api'
import express, { Router, type ErrorRequestHandler, type Request } from 'express'
import type { Logger } from 'pino'
import { silentLogger } from '../../rollout/notices/slack/silent-logger.ts'
import { reasonModal } from '../../rollout/notices/slack/modal.ts'
import type { Verb } from '../../rollout/phases.ts'
import { escape } from '../../rollout/notices/slack/text.ts'
import type { Identity } from '../../workflows/messages.ts'
import type { Notify } from '../../worker/notify-file.ts'
import { requireVerb } from '../auth/authorize.ts'
import type { ApiContext } from '../context.ts'
import { ApiError } from '../errors.ts'
import { onlyMethods } from '../middleware.ts'
import type { Metrics } from '../metrics.ts'
import { toProblem } from '../problem.ts'
import { decide, type Said } from './decide.ts'
import { readInteraction, type Interaction } from './interaction.ts'
import { refuseRequest } from './verify.ts'

const BODY_BYTES = 256 * 1024

type App = NonNullable<Notify['settings']['slack']>

export interface SlackDesk {
  readonly router: Router
  /** Until everything that was acknowledged is done. */
  settled(): Promise<void>
}

/**
 * Where Slack's buttons and modals arrive. A request is verified and acknowledged at once; what it asks for happens after,
 * and the one who asked is told what came of it, in Slack and to nobody else.
 */
export function createSlackDesk(
  context: ApiContext,
  { notify, app, metrics, logger }: { notify: Notify; app: App; metrics: Metrics; logger: Logger },
): SlackDesk {
  const secret = notify.secret(app.signingSecretFrom)
  const slack = new WebClient(notify.secret(app.tokenFrom), {
    ...(app.apiUrl === undefined ? {} : { slackApiUrl: app.apiUrl }),
    retryConfig: { retries: 2, minTimeout: 500 },
    timeout: 8_000,
    logger: silentLogger,
  })
  const working = new Set<Promise<void>>()
  const later = (work: Promise<void>): void => {
    const done: Promise<void> = work
      .catch((error: unknown) =>
        logger.error({ err: describe(error) }, 'a press in Slack could not be carried out'),
      )
      .finally(() => working.delete(done))
    working.add(done)
  }

  const tell = async (channel: string, user: string, text: string): Promise<void> => {
    await slack.chat.postEphemeral({ channel, user, text })
  }

  const handle = async (interaction: Exclude<Interaction, { kind: 'foreign' }>): Promise<void> => {
    const { user, about } = interaction
    const channel = interaction.kind === 'pressed' ? interaction.channel : interaction.about.channel
    const by = identityOf(app, user)
    if (!by) {
      return tell(
        channel,
        user,
        `:no_entry: You can decide nothing here: the Slack member \`${escape(user)}\` is nobody whom Sluice knows. Somebody who runs Sluice can add it to \`slack.users\` of the notifications file.`,
      )
    }
    const { verb } = interaction.kind === 'pressed' ? interaction : interaction.about
    if (interaction.kind === 'pressed' && about.why && (verb === 'approve' || verb === 'reject')) {
      const refused = refusal(by, verb)
      if (refused) return tell(channel, user, refused)
      const view = reasonModal({ ...about, verb, channel })
      await slack.views.open({ trigger_id: interaction.trigger, view })
      return
    }
    const said: Said =
      interaction.kind === 'pressed'
        ? { verb, about, by, user }
        : { verb, about, by, user, comment: interaction.comment }
    await tell(channel, user, await decide(context, metrics, said))
  }

  const refused = (why: string): ApiError => {
    logger.warn({ why }, 'a request to /slack/interactions was refused')
    return new ApiError('not-from-slack', `The request is not one that Slack signed for this app: ${why}.`)
  }

  const router = Router()
  router
    .route('/slack/interactions')
    .post(
      // The signature is over the bytes as they came, so nothing may parse them before.
      express.raw({ type: () => true, limit: BODY_BYTES, inflate: false }),
      (request, response) => {
        const interaction = verified(request, secret)
        if (typeof interaction === 'string') throw refused(interaction)
        // Slack waits three seconds, whatever Temporal or Slack itself are doing.
        response.status(200).end()
        if (interaction.kind !== 'foreign') later(handle(interaction))
      },
    )
    .all(onlyMethods('POST'))
  // Too long, compressed, broken off: none of it is from Slack.
  const refuseUnreadable: ErrorRequestHandler = (error: unknown, _request, _response, next) =>
    next(error instanceof ApiError ? error : refused('malformed'))
  router.use('/slack/interactions', refuseUnreadable)
  return {
    router,
    async settled() {
      await Promise.all(working)
    },
  }
}

/** What Slack says, or why it is not Slack. */
function verified(request: Request, secret: string): Interaction | string {
  const body: unknown = request.body
  if (!Buffer.isBuffer(body)) return 'unsigned'
  const signed = {
    signature: request.get('x-slack-signature'),
    timestamp: request.get('x-slack-request-timestamp'),
    body,
  }
  return refuseRequest(signed, { secret, now: Date.now() }) ?? readInteraction(body) ?? 'malformed'
}

function identityOf({ users }: App, user: string): Identity | undefined {
  return Object.hasOwn(users, user) ? users[user] : undefined
}

/** What is said instead of opening a modal that could only be refused. */
function refusal(by: Identity, verb: Verb): string | undefined {
  try {
    requireVerb(by, verb)
    return undefined
  } catch (error) {
    const { body } = toProblem(error)
    return `:warning: ${escape(body.title)}: ${escape(body.detail)}`
  }
}

/** Errors of the client may carry requests, and requests carry the token. */
function describe(error: unknown): { readonly message: string; readonly code?: unknown } {
  const { code } = error as { code?: unknown }
  return { message: error instanceof Error ? error.message : String(error), ...(code ? { code } : {}) }
}
