import { placeOf } from '../document/targets.ts'
import type { PlanContext } from './context.ts'
import { clientToken } from './names.ts'
import type { Replication } from './replication.ts'
import { rewritesFor } from './replication.ts'
import type { PromotePlan } from './types.ts'

/** How the package is registered in another group, with the token that makes it happen once. */
export function planPromote(context: PlanContext, replication: Replication): PromotePlan | undefined {
  const { document, rolloutId, partition, restore } = context
  const to = document.promote?.to
  if (!to || restore) return undefined
  const place = placeOf(document, to.account, to.region)
  const groupArn = `arn:${partition}:sagemaker:${to.region}:${place.accountId}:model-package-group/${to.group}`
  return {
    to: place,
    groupArn,
    group: to.group,
    status: to.status,
    clientToken: clientToken(rolloutId, groupArn, document.model.package),
    rewrites: rewritesFor(replication, place),
  }
}
