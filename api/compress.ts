import type { RequestHandler } from 'express'
import { gzipSync } from 'node:zlib'

/** What fits into one packet is not worth it. */
const LEAST_CHARACTERS = 1_200

/**
 * Sends larger JSON answers compressed: a list of rollouts says the same words again and again, and becomes a tenth. No answer
 * holds a secret beside what the asker chose, so that its length tells nobody anything.
 */
export const compressJson: RequestHandler = (request, response, next) => {
  const json = response.json.bind(response)
  response.json = (body: unknown) => {
    const text = JSON.stringify(body)
    response.vary('Accept-Encoding')
    if (text.length < LEAST_CHARACTERS || !request.acceptsEncodings('gzip')) return json(body)
    return response.set('Content-Encoding', 'gzip').type('json').send(gzipSync(text))
  }
  next()
}
