import { sleep, upsertSearchAttributes } from '@temporalio/workflow'
import { searchAttributes } from '../../workflows/search-attributes.ts'

/** Sets search attributes of ours and sleeps for a week. */
export async function sleepForAWeek(): Promise<string> {
  upsertSearchAttributes([
    { key: searchAttributes.phase, value: 'Baking' },
    { key: searchAttributes.target, value: ['111111111111/eu-west-1/a', '111111111111/us-east-1/a'] },
  ])
  await sleep('7 days')
  return 'rested'
}
