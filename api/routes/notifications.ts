import { Router } from 'express'
import { randomUUID } from 'node:crypto'
import type { AcknowledgedAnswer } from '../answers.ts'
import { requireAcknowledge } from '../auth/authorize.ts'
import type { ApiContext } from '../context.ts'
import { identityOf, jsonBody, onlyMethods } from '../middleware.ts'
import { acknowledge, readNotifications } from '../temporal/notifications.ts'
import { parsePart } from './parse.ts'
import { acknowledgeBody, rolloutId } from './schemas.ts'

const BODY_BYTES = 16 * 1024

/** Who was told of a rollout, and who says that a person takes care of it. */
export function notificationRoutes(context: ApiContext): Router {
  const router = Router()
  router
    .route('/v1/rollouts/:id/notifications')
    .get(async (request, response) => {
      response.json(await readNotifications(context, parsePart(rolloutId, request.params.id, 'path.id')))
    })
    .all(onlyMethods('GET'))
  router
    .route('/v1/rollouts/:id/acknowledge')
    .post(...jsonBody(BODY_BYTES), async (request, response) => {
      const { name } = requireAcknowledge(identityOf(response))
      const id = parsePart(rolloutId, request.params.id, 'path.id')
      const body: unknown = request.body ?? {}
      const { decisionId = randomUUID(), ...said } = parsePart(acknowledgeBody, body, 'body')
      const at = new Date().toISOString()
      const answer: AcknowledgedAnswer = {
        ...(await acknowledge(context, id, { by: name, at, decisionId, ...said })),
        decisionId,
      }
      response.json(answer)
    })
    .all(onlyMethods('POST'))
  return router
}
