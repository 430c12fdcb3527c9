import { Router, type Request, type Response } from 'express'
import { randomUUID } from 'node:crypto'
import { verbs, type Verb } from '../../rollout/phases.ts'
import type { Message } from '../../workflows/messages.ts'
import type { VerbAnswer } from '../answers.ts'
import { requireVerb } from '../auth/authorize.ts'
import type { ApiContext } from '../context.ts'
import { ApiError } from '../errors.ts'
import { identityOf, jsonBody, onlyMethods } from '../middleware.ts'
import type { Metrics } from '../metrics.ts'
import { sendMessage } from '../temporal/send-message.ts'
import { becomesRollout, startUndo } from '../temporal/undo.ts'
import { verbPath } from '../verb-path.ts'
import { parsePart } from './parse.ts'
import { rolloutId, verbBody } from './schemas.ts'

const BODY_BYTES = 16 * 1024

export function verbRoutes(context: ApiContext, metrics: Metrics): Router {
  const router = Router()
  for (const verb of verbs) {
    router
      .route(`/v1/rollouts/:id/${verbPath(verb)}`)
      .post(...jsonBody(BODY_BYTES), (request, response) => decide(context, metrics, verb, request, response))
      .all(onlyMethods('POST'))
  }
  return router
}

async function decide(
  context: ApiContext,
  metrics: Metrics,
  verb: Verb,
  request: Request,
  response: Response,
): Promise<void> {
  const by = identityOf(response)
  requireVerb(by, verb)
  const id = parsePart(rolloutId, request.params.id, 'path.id')
  const { decisionId = randomUUID(), ...said } = parsePart(verbBody, request.body ?? {}, 'body')
  const undo = async (): Promise<void> => {
    const started = await startUndo(context, id, { by, decisionId })
    metrics.decided(verb, 'started')
    response.status(202).location(started.links.self).json(started)
  }
  if (verb === 'undo' && (await becomesRollout(context, id))) return undo()
  const message: Message = { verb, decisionId, by, ...said, at: new Date().toISOString() }
  try {
    const answer: VerbAnswer = { ...(await sendMessage(context, id, message)), decisionId }
    metrics.decided(verb, answer.result)
    response.json(answer)
  } catch (error) {
    if (verb !== 'undo' || !(error instanceof ApiError)) throw error
    // It may have committed and ended since it was looked at.
    const late = error.problem === 'already-ended' || error.problem === 'refused'
    if (late && (await becomesRollout(context, id))) return undo()
    throw error
  }
}
