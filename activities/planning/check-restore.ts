import { DescribeModelCommand } from '@aws-sdk/client-sagemaker'
import { productionTargets } from '../../rollout/document/targets.ts'
import type { Document } from '../../rollout/document/types.ts'
import type { Target } from '../../rollout/target.ts'
import { inParallel } from '../aws/in-parallel.ts'
import { isNotFound } from '../aws/predicates.ts'
import { readConfig } from '../aws/read-config.ts'
import { fail } from '../failure.ts'
import { isUnreadable, readable, type Reading } from './reading.ts'

const AT_A_TIME = 8

/**
 * Sees that the configs that an undo goes back to are still there, and their models. Throws Refused, naming what was
 * deleted. What merely cannot be read does not stop an undo: it may be the cure.
 */
export async function checkRestore(
  reading: Reading,
  document: Document,
  restore: Readonly<Record<string, string>>,
): Promise<void> {
  const targets = productionTargets(document).flatMap(({ target }) => {
    const config = restore[target.key]
    return config === undefined ? [] : [{ target, config }]
  })
  const missing = await inParallel(targets, AT_A_TIME, async ({ target, config }) => {
    const found = await readable(reading, async () => ({ missing: await missingOf(reading, target, config) }))
    return isUnreadable(found) ? [] : found.missing.map((what) => `${what} of ${target.key}`)
  })
  const gone = missing.flat()
  if (gone.length === 0) return
  throw fail(
    'Refused',
    `There is nothing to go back to: ${gone.join(', ')} was deleted. Start a rollout of the previous model package instead.`,
  )
}

async function missingOf({ aws, session }: Reading, target: Target, name: string): Promise<string[]> {
  const sagemaker = aws.sagemaker(target, session)
  const config = await readConfig(sagemaker, name)
  if (!config) return [`config ${name}`]
  const models = config.request.ProductionVariants.flatMap(({ ModelName }) => ModelName ?? [])
  const checked = await inParallel(models, AT_A_TIME, async (ModelName) => {
    try {
      await sagemaker.send(new DescribeModelCommand({ ModelName }))
      return []
    } catch (error) {
      if (isNotFound(error)) return [`model ${ModelName}`]
      throw error
    }
  })
  return checked.flat()
}
