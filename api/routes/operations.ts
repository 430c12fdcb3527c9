import { Router } from 'express'
import { within, type ApiContext } from '../context.ts'
import { onlyMethods } from '../middleware.ts'
import { describeApi } from '../openapi/describe.ts'

/** What is answered to anybody: whether the process lives, whether it can work, and what it can do. */
export function publicRoutes(context: ApiContext): Router {
  const router = Router()
  const description = describeApi()
  router
    .route('/healthz')
    .get((_request, response) => void response.json({ status: 'alive' }))
    .all(onlyMethods('GET'))
  router
    .route('/readyz')
    .get(async (_request, response) => {
      const { client } = context
      await within(context, 'query', () =>
        client.workflowService.describeNamespace({ namespace: client.options.namespace }),
      )
      response.json({ status: 'ready' })
    })
    .all(onlyMethods('GET'))
  router
    .route('/openapi.json')
    .get((_request, response) => void response.json(description))
    .all(onlyMethods('GET'))
  return router
}
