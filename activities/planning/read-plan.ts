import { Context } from '@temporalio/activity'
import { plan } from '../../rollout/plan/plan.ts'
import type { Activities } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { heartbeating } from '../heartbeat.ts'
import { readFacts } from './read-facts.ts'
import { readRestore } from './read-restore.ts'

/** Reads AWS and Temporal, and plans. Changes nothing. */
export function createReadPlan({ aws, temporal, clockRate }: Dependencies): Activities['readPlan'] {
  return ({ rolloutId, document, undoes }) =>
    heartbeating(
      () => undefined,
      async () => {
        const restore = undoes === undefined ? undefined : await readRestore(temporal, undoes)
        const facts = await readFacts(
          {
            aws,
            temporal,
            clockRate,
            session: rolloutId ?? `plan-${document.name}`,
            attempt: Context.current().info.attempt,
          },
          document,
        )
        return plan(document, facts, { rolloutId, ...(restore && { restore }) })
      },
    )
}
