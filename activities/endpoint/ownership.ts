import type { Tag } from '@aws-sdk/client-sagemaker'
import type { OnTarget } from '../contract.ts'

/** Says which rollout made a thing; what lacks it is never changed or deleted. */
export const rolloutTag = 'sluice:rollout'
/** Says for which target it was made. */
export const endpointTag = 'sluice:endpoint'

/** The tags of everything that is made for a target; AWS allows 50. */
export function ownerTags(
  { rolloutId, target }: OnTarget,
  tags: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return { ...tags, [rolloutTag]: rolloutId, [endpointTag]: target.key }
}

/** Whether this rollout made what carries these tags. */
export function isOurs({ rolloutId, target }: OnTarget, tags: Readonly<Record<string, string>>): boolean {
  return tags[rolloutTag] === rolloutId && tags[endpointTag] === target.key
}

/** As AWS takes them. */
export function toTagList(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

/** `config fraud-v38 in 333333333333/eu-west-1`: for messages. */
export function nameIn({ target }: OnTarget, what: string, name: string): string {
  return `${what} ${name} in ${target.accountId}/${target.region}`
}
