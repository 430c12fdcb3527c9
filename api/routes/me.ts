import { Router } from 'express'
import { acknowledgeVerb, mayStart, mayUse } from '../../rollout/roles.ts'
import type { MeAnswer } from '../answers.ts'
import { identityOf, onlyMethods } from '../middleware.ts'

/** Who the sender of a request is to this server. */
export function meRoutes(): Router {
  const router = Router()
  router
    .route('/v1/me')
    .get((_request, response) => {
      const { name, roles, groups } = identityOf(response)
      const me: MeAnswer = {
        name,
        roles,
        groups,
        mayStart: roles.some((role) => mayStart(role, false)),
        mayAcknowledge: roles.some((role) => mayUse(role, acknowledgeVerb)),
      }
      response.json(me)
    })
    .all(onlyMethods('GET'))
  return router
}
