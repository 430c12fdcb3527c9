import type { Payload, PayloadCodec } from '@temporalio/common'
import express, { Router, type RequestHandler } from 'express'
import { z } from 'zod'
import type { ApiContext } from '../context.ts'
import { onlyMethods } from '../middleware.ts'
import { parsePart } from './parse.ts'

const BODY_BYTES = 8 * 1024 * 1024

/** Payloads in the JSON of protobuf: bytes are base64. */
export const codecBody = z.object({
  payloads: z
    .array(
      z.object({
        metadata: z.record(z.string(), z.base64()).optional(),
        data: z.base64().optional(),
      }),
    )
    .max(10_000),
})

/**
 * What Temporal's web UI asks to show encrypted payloads: https://docs.temporal.io/remote-data-encoding. Whoever may read
 * rollouts may read them there. Without a key payloads come back as they were.
 */
export function codecRoutes({ client }: ApiContext): Router {
  const { payloadCodecs } = client.options.loadedDataConverter
  const turn =
    (way: 'encode' | 'decode', codecs: readonly PayloadCodec[]): RequestHandler =>
    async (request, response) => {
      let payloads: Payload[] = parsePart(codecBody, request.body, 'body').payloads.map(read)
      for (const codec of codecs) payloads = await codec[way](payloads)
      response.json({ payloads: payloads.map(write) })
    }
  const body = express.json({ limit: BODY_BYTES })
  const router = Router()
  router.route('/codec/encode').post(body, turn('encode', payloadCodecs)).all(onlyMethods('POST'))
  router
    .route('/codec/decode')
    .post(body, turn('decode', payloadCodecs.toReversed()))
    .all(onlyMethods('POST'))
  return router
}

/**
 * Lets pages of Temporal's web UI call `/codec`, and no other page of another origin. A browser asks before, without a
 * credential; so this stands before `identify`.
 */
export function allowTemporalUi(temporalUiUrl: string | undefined): RequestHandler {
  const allowed = temporalUiUrl === undefined ? undefined : new URL(temporalUiUrl).origin
  return (request, response, next) => {
    if (!request.path.startsWith('/codec/')) return next()
    response.vary('Origin')
    if (allowed === undefined || request.get('origin') !== allowed) return next()
    response.set({
      'Access-Control-Allow-Origin': allowed,
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Allow-Methods': 'POST',
      'Access-Control-Allow-Headers': 'Authorization, Content-Type, X-Namespace',
      'Cross-Origin-Resource-Policy': 'cross-origin',
    })
    if (request.method === 'OPTIONS') return void response.status(204).end()
    // It is as good as a page of our own; a server without credentials would refuse it otherwise.
    response.locals.sameOrigin = true
    next()
  }
}

function read({ metadata = {}, data }: z.output<typeof codecBody>['payloads'][number]): Payload {
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')]),
    ),
    ...(data === undefined ? {} : { data: Buffer.from(data, 'base64') }),
  }
}

function write({ metadata, data }: Payload): object {
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
    ),
    ...(data ? { data: Buffer.from(data).toString('base64') } : {}),
  }
}
