import { Router } from 'express'
import type { ApiContext } from '../context.ts'
import { documentBody, onlyMethods } from '../middleware.ts'
import { readDocument } from '../read-document.ts'
import { runPlan } from '../temporal/run-plan.ts'

export function planRoutes(context: ApiContext, bodyBytes: number): Router {
  const router = Router()
  router
    .route('/v1/plans')
    .post(...documentBody(bodyBytes), async (request, response) => {
      response.json(await runPlan(context, { rolloutId: null, document: readDocument(request.body) }))
    })
    .all(onlyMethods('POST'))
  return router
}
