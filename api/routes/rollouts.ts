import { Router } from 'express'
import { requireStart } from '../auth/authorize.ts'
import type { ApiContext } from '../context.ts'
import { readLastEventId } from '../events/follow.ts'
import type { Streams } from '../events/stream.ts'
import { ApiError } from '../errors.ts'
import { documentBody, expiryOf, identityOf, onlyMethods } from '../middleware.ts'
import { readDocument } from '../read-document.ts'
import { keyedRolloutId, newRolloutId } from '../rollout-id.ts'
import { listRollouts } from '../temporal/list-rollouts.ts'
import { readPlan, readRollout } from '../temporal/read-rollout.ts'
import { startRollout } from '../temporal/start-rollout.ts'
import { parsePart } from './parse.ts'
import { idempotencyKey, listQuery, rolloutId } from './schemas.ts'

const MOST_STREAMS = 500
const MOST_STREAMS_OF_ONE = 100

export function rolloutRoutes(context: ApiContext, streams: Streams, bodyBytes: number): Router {
  const router = Router()
  router
    .route('/v1/rollouts')
    .get(async (request, response) => {
      const { limit, cursor, ...filter } = parsePart(listQuery, request.query, 'query')
      response.json(await listRollouts(context, filter, { limit, cursor }))
    })
    .post(...documentBody(bodyBytes), async (request, response) => {
      const identity = identityOf(response)
      const key = parsePart(
        idempotencyKey.optional(),
        request.get('idempotency-key'),
        'headers.Idempotency-Key',
      )
      requireStart(identity, false)
      const document = readDocument(request.body)
      requireStart(identity, document.emergency !== undefined)
      const started = await startRollout(context, {
        rolloutId: key === undefined ? newRolloutId(document) : keyedRolloutId(identity.name, key),
        document,
        startedBy: identity,
        repeatable: key !== undefined,
      })
      response.status(202).location(started.links.self).json(started)
    })
    .all(onlyMethods('GET', 'POST'))
  router
    .route('/v1/rollouts/:id')
    .get(async (request, response) => {
      response.json(await readRollout(context, parsePart(rolloutId, request.params.id, 'path.id')))
    })
    .all(onlyMethods('GET'))
  router
    .route('/v1/rollouts/:id/plan')
    .get(async (request, response) => {
      response.json(await readPlan(context, parsePart(rolloutId, request.params.id, 'path.id')))
    })
    .all(onlyMethods('GET'))
  router
    .route('/v1/rollouts/:id/events')
    .get(async (request, response) => {
      const id = parsePart(rolloutId, request.params.id, 'path.id')
      const after = readLastEventId(request.get('last-event-id'))
      // 204 is what tells an EventSource to stop reconnecting.
      if (after === 'end') return void response.status(204).end()
      const { name } = identityOf(response)
      await readRollout(context, id)
      refuseMore(streams, name)
      streams.open(response, id, after, { name, until: expiryOf(response) })
    })
    .all(onlyMethods('GET'))
  return router
}

function refuseMore(streams: Streams, name: string): void {
  const why =
    streams.size() >= MOST_STREAMS
      ? `${MOST_STREAMS} streams are open.`
      : streams.size(name) >= MOST_STREAMS_OF_ONE && `${name} has ${MOST_STREAMS_OF_ONE} streams open.`
  if (why) throw new ApiError('too-many-listeners', why, {}, { 'Retry-After': '5' })
}
