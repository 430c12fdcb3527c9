import { Router } from 'express'
import type { ApiContext } from '../context.ts'
import { documentBody, onlyMethods } from '../middleware.ts'
import { readDocument } from '../read-document.ts'
import { runPlan } from '../temporal/run-plan.ts'
import { writePolicies } from '../../rollout/iam/policies.ts'
import { parsePart } from './parse.ts'
import { planQuery } from './schemas.ts'

export function planRoutes(context: ApiContext, bodyBytes: number): Router {
  const router = Router()
  router
    .route('/v1/plans')
    .post(...documentBody(bodyBytes), async (request, response) => {
      const { iam } = parsePart(planQuery, request.query, 'query')
      const document = readDocument(request.body)
      const plan = await runPlan(context, { rolloutId: null, document })
      response.json(iam ? { ...plan, iam: writePolicies(document, plan) } : plan)
    })
    .all(onlyMethods('POST'))
  return router
}
