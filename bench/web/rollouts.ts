import type { Client } from '@temporalio/client'
import { TypedSearchAttributes } from '@temporalio/common'
import { rolloutWorkflow, rolloutWorkflowId, type RolloutMemo } from '../../workflows/messages.ts'
import { searchAttributes } from '../../workflows/search-attributes.ts'

const AT_ONCE = 16
const regions = ['eu-west-1', 'us-east-1', 'ap-southeast-2', 'eu-central-1', 'us-west-2']

/** Rollouts as lists see them: real executions with search attributes and memo, which no worker ever runs. */
export interface MadeRollouts {
  /** One more; the lists show it as running. */
  add(name: string): Promise<string>
}

/**
 * Makes so many, of which one in ten runs. A rollout that really ran a thousand times would show the same in a list: that is
 * made of search attributes and memo alone.
 */
export async function makeRollouts(client: Client, count: number): Promise<MadeRollouts> {
  let made = 0
  const add = async (name: string): Promise<string> => {
    const number = made++
    const id = `${name}-${number}`
    const running = number % 10 === 0
    const keys = regions.slice(0, 1 + (number % regions.length))
    const memo: RolloutMemo = {
      summary: `${name} v${number}`,
      phase: running ? 'Baking' : 'Ended',
      message: running
        ? 'wave 1: bake 15 min at 10 %'
        : 'RolledBack: alarm fraud-5xx is in ALARM: Invocation5XXErrors 0.31 > 0.05 (3 of 3 datapoints)',
      package: `arn:aws:sagemaker:eu-west-1:111111111111:model-package/${name}/${number}`,
      startedBy: `person-${number % 7}`,
      documentHash: '',
    }
    const handle = await client.workflow.start(rolloutWorkflow, {
      workflowId: rolloutWorkflowId(id),
      taskQueue: 'nobody-works-here',
      memo: { ...memo },
      typedSearchAttributes: new TypedSearchAttributes([
        { key: searchAttributes.model, value: name },
        { key: searchAttributes.phase, value: memo.phase },
        { key: searchAttributes.startedBy, value: memo.startedBy },
        { key: searchAttributes.target, value: keys.map((region) => `333333333333/${region}/${name}`) },
        ...(running ? [] : [{ key: searchAttributes.outcome, value: 'RolledBack' }]),
      ]),
    })
    if (!running) await handle.terminate()
    return id
  }
  let left = count
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left-- > 0) await add(`model-${left % 12}`)
    }),
  )
  return {
    add: (name) => {
      made = Math.ceil(made / 10) * 10
      return add(name)
    },
  }
}
