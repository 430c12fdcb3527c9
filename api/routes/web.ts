import { Router, type Request, type Response } from 'express'
import type { SignIn } from '../auth/sign-in.ts'
import { onlyMethods } from '../middleware.ts'
import type { WebFile, WebFiles } from '../web/files.ts'

const FOR_EVER = 'public, max-age=31536000, immutable'

/** The web page and what it asks before anybody has signed in. */
export function webRoutes({ pages, version, assets }: WebFiles, signIn: SignIn): Router {
  const router = Router()
  for (const [path, page] of pages) {
    router
      .route(path)
      .get(async (request, response) => {
        // Somebody comes back from an issuer that perhaps another server has sent them to: it must be known by now.
        if (path === '/sign-in') await signIn.answer()
        response.setHeader('Content-Security-Policy', writePolicy(signIn.origins()))
        send(request, response, page, 'no-cache')
      })
      .all(onlyMethods('GET'))
  }
  router.get('/assets/:version/*path', (request, response, next) => {
    const file = assets.get((request.params.path as unknown as string[]).join('/'))
    if (!file) return next()
    // Another version is asked for while servers are being replaced: this one's will do, but must not be kept as that.
    send(request, response, file, request.params.version === version ? FOR_EVER : 'no-store')
  })
  router
    .route('/v1/sign-in')
    .get(async (_request, response) => {
      response.set('Cache-Control', 'no-store').json(await signIn.answer())
    })
    .all(onlyMethods('GET'))
  return router
}

/** Nothing but our own files runs, no inline script or style; asked are we, and where people sign in. */
function writePolicy(origins: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    ["connect-src 'self'", ...origins].join(' '),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function send(request: Request, response: Response, file: WebFile, cacheControl: string): void {
  response.set({ 'Content-Type': file.type, 'Cache-Control': cacheControl, Vary: 'Accept-Encoding' })
  const [encoding, body] = encode(request, file)
  // Each encoding is another body, and needs a tag of its own.
  const etag = encoding === undefined ? file.etag : file.etag.replace(/"$/, `-${encoding}"`)
  response.set('ETag', etag)
  if (request.fresh) return void response.status(304).end()
  if (encoding !== undefined) response.set('Content-Encoding', encoding)
  response.end(body)
}

function encode(request: Request, { body, brotli, gzip }: WebFile): readonly [string | undefined, Buffer] {
  const accepted = request.acceptsEncodings(['br', 'gzip'])
  if (accepted === 'br' && brotli) return ['br', brotli]
  if (accepted && gzip && request.acceptsEncodings('gzip')) return ['gzip', gzip]
  return [undefined, body]
}
