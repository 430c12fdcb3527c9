import { AwsError, type Call, type Operation } from '../core/types.ts'
import { cloudWatchState } from './state.ts'

const tagsOf = (call: Call, arn: string) => {
  const tags = cloudWatchState(call.world, call.accountId, call.region).tags.get(arn)
  if (!tags) throw new AwsError('ResourceNotFoundException', `Unable to find resource ${arn}`, 404)
  return tags
}

export const listTagsForResource: Operation = (call, input) => ({
  Tags: [...tagsOf(call, input.ResourceARN)].map(([Key, Value]) => ({ Key, Value })),
})
export const tagResource: Operation = (call, input) => {
  const tags = tagsOf(call, input.ResourceARN)
  for (const { Key, Value } of input.Tags) tags.set(Key, Value)
  return {}
}
export const untagResource: Operation = (call, input) => {
  const tags = tagsOf(call, input.ResourceARN)
  for (const key of input.TagKeys) tags.delete(key)
  return {}
}
