import { Router, type Response } from 'express'
import { requireStart } from '../auth/authorize.ts'
import type { ApiContext } from '../context.ts'
import { ApiError } from '../errors.ts'
import { createFollower, readLastEventId } from '../events/follow.ts'
import type { ListWatcher } from '../events/list-watcher.ts'
import type { Streams, Tell } from '../events/stream.ts'
import type { Watchers } from '../events/watcher.ts'
import { forCaller } from '../for-caller.ts'
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

/** What the routes need to tell of changes. */
export interface Live {
  readonly streams: Streams
  readonly watchers: Watchers
  readonly listWatcher: ListWatcher
}

export function rolloutRoutes(
  context: ApiContext,
  { streams, watchers, listWatcher }: Live,
  bodyBytes: number,
): Router {
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
  // Before `:id`: an id always ends in a random part, so that no rollout is called `events`.
  router
    .route('/v1/rollouts/events')
    .get((_request, response) => {
      openStream(streams, response, (tell) => listWatcher.watch(tell))
    })
    .all(onlyMethods('GET'))
  router
    .route('/v1/rollouts/:id')
    .get(async (request, response) => {
      const answer = await readRollout(context, parsePart(rolloutId, request.params.id, 'path.id'))
      response.json(forCaller(answer, identityOf(response)))
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
      const caller = identityOf(response)
      const after = readLastEventId(request.get('last-event-id'))
      // 204 is what tells an EventSource to stop reconnecting.
      if (after === 'end') return void response.status(204).end()
      await readRollout(context, id)
      const follower = createFollower(after, (answer) => forCaller(answer, caller))
      openStream(streams, response, (tell) =>
        watchers.watch(id, (notice) => {
          for (const event of follower.take(notice)) tell(event)
        }),
      )
    })
    .all(onlyMethods('GET'))
  return router
}

/** @throws ApiError too-many-listeners */
function openStream(streams: Streams, response: Response, subscribe: (tell: Tell) => () => void): void {
  const { name } = identityOf(response)
  refuseMore(streams, name)
  streams.open(response, { name, until: expiryOf(response) }, subscribe)
}

function refuseMore(streams: Streams, name: string): void {
  const why =
    streams.size() >= MOST_STREAMS
      ? `${MOST_STREAMS} streams are open.`
      : streams.size(name) >= MOST_STREAMS_OF_ONE && `${name} has ${MOST_STREAMS_OF_ONE} streams open.`
  if (why) throw new ApiError('too-many-listeners', why, {}, { 'Retry-After': '5' })
}
