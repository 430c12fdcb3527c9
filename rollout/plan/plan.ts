import type { Document } from '../document/types.ts'
import type { Facts } from '../facts.ts'
import type { PlanOptions } from './context.ts'
import { createContext } from './context.ts'
import { digestOf } from './digest.ts'
import { findAll } from './findings/all.ts'
import { planNotes } from './notes.ts'
import { planPeaks } from './peaks.ts'
import { planPromote } from './promote.ts'
import { planReplication } from './replication.ts'
import { planResources } from './resources.ts'
import { planSteps } from './steps.ts'
import { planTarget, planTargets } from './targets.ts'
import type { Plan } from './types.ts'

export type { PlanOptions } from './context.ts'

/**
 * Document and facts → the numbered steps that will run, everything they will make, and every finding. Pure: the same input
 * gives the same plan. A plan with errors must not be run; it is complete all the same, so that people see what was meant.
 */
export function plan(document: Document, facts: Facts, options: PlanOptions): Plan {
  const context = createContext(document, facts, options)
  const replication = context.restore ? { artifacts: [], images: [] } : planReplication(context)
  const targets = planTargets(context, replication)
  const staging = context.staging ? planTarget(context, context.staging, replication) : undefined
  const promote = planPromote(context, replication)
  const steps = planSteps(context, targets, replication, staging)
  const touched = staging ? [staging, ...targets] : targets
  const substance = { steps, ...(promote ? { promote } : {}), ...replication, targets }
  return {
    rolloutId: options.rolloutId,
    title: `${document.name} v${context.version}${context.restore ? ' (undo)' : ''}`,
    clockRate: facts.clockRate,
    digest: digestOf(context, substance),
    ...substance,
    ...(staging ? { staging } : {}),
    resources: planResources(touched, replication, promote),
    findings: findAll(context, { ...substance, ...(staging ? { staging } : {}) }),
    peaks: planPeaks(context, targets, steps),
    notes: planNotes(context, targets),
  }
}
