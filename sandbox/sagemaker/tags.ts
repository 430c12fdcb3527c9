import type { Call, Operation } from '../core/types.ts'
import { invalid, parseArn } from './names.ts'
import { sageMakerState, type SageMakerState, type Wire } from './state.ts'

const exists = (state: SageMakerState, arn: string): boolean =>
  [
    ...state.models.values(),
    ...state.configs.values(),
    ...state.endpoints.values(),
    ...state.groups.values(),
    ...state.packages.values(),
  ].some((resource) => resource.arn === arn)

const stateOf = (call: Call, arn: string): SageMakerState => {
  const state = sageMakerState(call.world, call.accountId, call.region)
  const parsed = parseArn(arn)
  if (parsed && parsed.region !== call.region)
    throw invalid(`ARN should be scoped to correct region: ${call.region}`)
  if (!exists(state, arn)) throw invalid(`The resource "${arn}" does not exist.`)
  return state
}

/** Keeps the tags of a new resource. */
export const setTags = (state: SageMakerState, arn: string, tags: readonly Wire[] | undefined): void => {
  state.tags.set(arn, new Map((tags ?? []).map(({ Key, Value }) => [Key as string, Value as string])))
}

const onTheWire = (tags: ReadonlyMap<string, string> | undefined) =>
  [...(tags ?? [])].map(([Key, Value]) => ({ Key, Value }))

export const addTags: Operation = (call, input) => {
  const state = stateOf(call, input.ResourceArn)
  const tags = new Map(state.tags.get(input.ResourceArn))
  for (const { Key, Value } of input.Tags) tags.set(Key, Value)
  if (tags.size > 50) throw invalid('The number of tags exceeds the limit of 50')
  state.tags.set(input.ResourceArn, tags)
  return { Tags: onTheWire(tags) }
}

export const listTags: Operation = (call, input) => {
  const tags = onTheWire(stateOf(call, input.ResourceArn).tags.get(input.ResourceArn))
  const offset = input.NextToken === undefined ? 0 : Number(input.NextToken)
  const end = offset + (input.MaxResults ?? 50)
  return { Tags: tags.slice(offset, end), NextToken: end < tags.length ? String(end) : undefined }
}

export const deleteTags: Operation = (call, input) => {
  const state = stateOf(call, input.ResourceArn)
  for (const key of input.TagKeys) state.tags.get(input.ResourceArn)?.delete(key)
  return {}
}
