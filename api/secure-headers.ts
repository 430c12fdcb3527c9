import type { RequestHandler } from 'express'
import helmet from 'helmet'
import type { Auth } from './auth/authenticate.ts'

/**
 * Headers of every answer. The policy lets the web page run what this server serves and nothing else, and connect to this
 * server and to the issuers that sign people in; nobody may frame it. Answers that need a credential are kept nowhere.
 */
export function secureHeaders({ oidc = [] }: Auth): RequestHandler {
  const secure = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'", ...new Set(oidc.flatMap(({ origins }) => origins))],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    xFrameOptions: { action: 'deny' },
  })
  return (request, response, next) => {
    if (/^\/(v1|metrics|codec)(\/|$)/.test(request.path)) response.set('Cache-Control', 'no-store')
    secure(request, response, next)
  }
}
