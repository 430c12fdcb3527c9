import { Router } from 'express'
import { within, type ApiContext } from '../context.ts'
import { onlyMethods } from '../middleware.ts'
import { describeApi } from '../openapi/describe.ts'

/** What is answered to anybody: whether the process lives, whether it can work, and what it can do. */
export function publicRoutes(context: ApiContext): Router {
  const router = Router()
  const description = describeApi()
  const ready = shareFor(1_000, () => {
    const { client } = context
    return within(context, 'query', () =>
      client.workflowService.describeNamespace({ namespace: client.options.namespace }),
    )
  })
  router
    .route('/healthz')
    .get((_request, response) => void response.json({ status: 'alive' }))
    .all(onlyMethods('GET'))
  router
    .route('/readyz')
    .get(async (_request, response) => {
      await ready()
      response.json({ status: 'ready' })
    })
    .all(onlyMethods('GET'))
  router
    .route('/openapi.json')
    .get((_request, response) => void response.json(description))
    .all(onlyMethods('GET'))
  return router
}

/** One call for all who ask within so many milliseconds: who has no credential must not make Temporal work. */
function shareFor<T>(milliseconds: number, call: () => Promise<T>): () => Promise<T> {
  let last: { readonly at: number; readonly answer: Promise<T> } | undefined
  return () => {
    if (!last || Date.now() >= last.at + milliseconds) last = { at: Date.now(), answer: call() }
    return last.answer
  }
}
