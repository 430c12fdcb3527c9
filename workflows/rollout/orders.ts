import type { PlannedStep } from '../../rollout/plan/types.ts'
import type { Order, OrderResult } from '../endpoint/protocol.ts'
import type { Problem } from '../problem.ts'
import { problemOf } from '../problem.ts'
import { failTarget } from './events.ts'
import { halt } from './control.ts'
import type { RolloutRun } from './run.ts'

/** Gives every target its order at once and waits for all. The first failure decides what happens to the others. */
export async function orderAll(
  run: RolloutRun,
  { targets: keys, number: step }: Pick<PlannedStep, 'targets' | 'number'>,
  orderFor: (key: string) => Order,
): Promise<void> {
  await Promise.all(
    keys.map(async (key) => {
      const result = await orderOne(run, key, orderFor(key))
      run.state.measured((result.measurements ?? []).map((one) => ({ ...one, step })))
    }),
  )
}

/** As `fleet.order`, with a failure turned into what it means for the rollout. */
export async function orderOne(run: RolloutRun, key: string, order: Order): Promise<OrderResult> {
  try {
    return await run.fleet.order(key, order)
  } catch (error) {
    return fail(run, key, problemOf(error))
  }
}

function fail(run: RolloutRun, key: string, problem: Problem): never {
  const reason = `${key}: ${problem.message}`
  run.state.target(key, { message: problem.message })
  switch (problem.type) {
    case 'Conflict':
      return halt('Conflict', reason)
    case 'Terminated':
      return halt('NeedsHuman', reason)
    default: {
      const traffic = run.state.targetViews().some((target) => target.asked > 0)
      if (!traffic) halt('technical', reason)
      failTarget(run, key, reason)
      run.control.checkpoint()
      return halt('technical', reason)
    }
  }
}
