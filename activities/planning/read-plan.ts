import { Context } from '@temporalio/activity'
import { plan } from '../../rollout/plan/plan.ts'
import type { Activities } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { heartbeating } from '../heartbeat.ts'
import { checkRestore } from './check-restore.ts'
import { readFacts } from './read-facts.ts'
import { readRestore, type Undoing } from './read-restore.ts'
import type { Reading } from './reading.ts'

/** Reads AWS and Temporal, and plans. Changes nothing. */
export function createReadPlan({ aws, temporal, clockRate, calendar }: Dependencies): Activities['readPlan'] {
  return ({ rolloutId, document, undoes }) => {
    const reading: Reading = {
      aws,
      temporal,
      calendar,
      clockRate,
      session: rolloutId ?? `plan-${document.name}`,
      attempt: Context.current().info.attempt,
      known: new Map(),
    }
    const work = async () => {
      const undoing: Partial<Undoing> = undoes === undefined ? {} : await readRestore(temporal, undoes)
      if (undoing.restore) await checkRestore(reading, document, undoing.restore)
      const facts = await readFacts(reading, document)
      return plan(document, facts, { rolloutId, ...undoing })
    }
    return heartbeating(() => undefined, work)
  }
}
