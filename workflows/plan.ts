import type { Plan } from '../rollout/plan/types.ts'
import { sweep } from './activities.ts'
import { createClock } from './clock.ts'
import type { PlanInput } from './messages.ts'

/** Reads AWS and plans: a workflow, so that the API needs no AWS credentials. Changes nothing. */
export async function plan(input: PlanInput): Promise<Plan> {
  return sweep(createClock(1), `plan ${input.document.name}`).readPlan(input)
}
