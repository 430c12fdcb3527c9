import type { RequestHandler } from 'express'
import type { Tracing } from '../worker/tracing/start.ts'

/**
 * A span for every request that asks Sluice for something. Left out are files of the page, health and metrics, which tell
 * nothing, and event streams: they stay open for hours, and are shared.
 */
export function traceRequests(tracing: Tracing): RequestHandler {
  return (request, response, next) => {
    if (!/^\/(v1|slack)\//.test(request.path) || request.path.endsWith('/events')) return next()
    const ended = tracing.serve(request.method, request.get('traceparent'), next)
    response.on('close', () => {
      const route = request.route as { path?: string } | undefined
      const requestId = response.getHeader('X-Request-Id')
      ended({
        route: route?.path,
        status: response.statusCode,
        requestId: typeof requestId === 'string' ? requestId : undefined,
      })
    })
  }
}
