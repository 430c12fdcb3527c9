import { Router } from 'express'
import type { ApiContext } from '../context.ts'
import { onlyMethods } from '../middleware.ts'
import { readTarget } from '../temporal/read-target.ts'
import { parsePart } from './parse.ts'
import { targetParams } from './schemas.ts'

export function targetRoutes(context: ApiContext): Router {
  const router = Router()
  router
    .route('/v1/targets/:account/:region/:endpoint')
    .get(async (request, response) => {
      const { account, region, endpoint } = parsePart(targetParams, request.params, 'path')
      response.json(await readTarget(context, { accountId: account, region, endpoint }))
    })
    .all(onlyMethods('GET'))
  return router
}
