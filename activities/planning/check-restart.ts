import { Context } from '@temporalio/activity'
import type { Activities } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { fail } from '../failure.ts'
import { readStableModel } from './read-stable-model.ts'

/**
 * Every UpdateEndpoint starts all fleets anew, and SageMaker pulls an image that is named by a tag again: asked right before
 * one, because hours may lie between the plan and it.
 */
export function createCheckRestart({ aws, clockRate }: Dependencies): Activities['checkRestart'] {
  return async ({ rolloutId, target, variants }) => {
    const { attempt } = Context.current().info
    const reading = { aws, clockRate, session: rolloutId, attempt }
    const models = await Promise.all(
      variants.map(({ model, ...variant }) => readStableModel(reading, target, model, variant)),
    )
    const problems = models.flatMap(({ name, problems: found }) =>
      found.map((problem) => `model ${name}: ${problem}`),
    )
    if (problems.length === 0) return
    throw fail(
      'Refused',
      `${target.key} is not updated, because stable would not start again as it runs now: ${problems.join('; ')}. ` +
        'Put back what is missing, or point the tag at that image again.',
    )
  }
}
