import type { RequestHandler } from 'express'
import helmet from 'helmet'

/**
 * Headers of every answer. What is no page may load nothing and be framed by nobody; the page has a policy of its own
 * (`routes/web.ts`). Answers that need a credential are kept nowhere.
 */
export function secureHeaders(): RequestHandler {
  const nothing = ["'none'"]
  const secure = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: nothing, baseUri: nothing, formAction: nothing, frameAncestors: nothing },
    },
    xFrameOptions: { action: 'deny' },
  })
  return (request, response, next) => {
    if (/^\/(v1|metrics|codec)(\/|$)/.test(request.path)) response.set('Cache-Control', 'no-store')
    secure(request, response, next)
  }
}
