import { AwsError, type Call } from '../core/types.ts'
import { openBucket, readVersion, shownVersion, type ObjectVersion } from './state.ts'

type Input = Readonly<Record<string, any>>

const checkTags = (tags: readonly (readonly [string, string])[]): Record<string, string> => {
  if (tags.length > 10) throw new AwsError('BadRequest', 'Object tags cannot be greater than 10')
  if (new Set(tags.map(([key]) => key)).size < tags.length) {
    throw new AwsError('InvalidTag', 'Cannot provide multiple Tags with the same key')
  }
  for (const [key, value] of tags) {
    if (key === '' || key.length > 128)
      throw new AwsError('InvalidTag', 'The TagKey you have provided is invalid')
    if (value.length > 256) throw new AwsError('InvalidTag', 'The TagValue you have provided is invalid')
  }
  return Object.fromEntries(tags)
}

/** Tags from the `x-amz-tagging` header: `key1=value1&key2=value2`, URL-encoded. */
export const parseTagging = (header: string | undefined): Record<string, string> =>
  header === undefined ? {} : checkTags([...new URLSearchParams(header)])

const replaceTags = (call: Call, input: Input, tags: Record<string, string>) => {
  const bucket = openBucket(call, input.Bucket, 'write', { expectedOwner: input.ExpectedBucketOwner })
  const version = readVersion(bucket, call.principal.accountId, input.Key, input.VersionId)
  const swap = (one: ObjectVersion): ObjectVersion => (one === version ? { ...one, tags } : one)
  bucket.objects.set(input.Key, bucket.objects.get(input.Key)!.map(swap))
  return { VersionId: shownVersion(bucket, version) }
}

export const putObjectTagging = (call: Call, input: Input) => {
  const set: readonly { Key: string; Value: string }[] = input.Tagging?.TagSet ?? []
  return replaceTags(call, input, checkTags(set.map(({ Key, Value }) => [Key, Value ?? ''] as const)))
}

export const deleteObjectTagging = (call: Call, input: Input) => ({
  ...replaceTags(call, input, {}),
  $status: 204,
})

export const getObjectTagging = (call: Call, input: Input) => {
  const bucket = openBucket(call, input.Bucket, 'read', { expectedOwner: input.ExpectedBucketOwner })
  const version = readVersion(bucket, call.principal.accountId, input.Key, input.VersionId)
  return {
    VersionId: shownVersion(bucket, version),
    TagSet: Object.entries(version.tags).map(([Key, Value]) => ({ Key, Value })),
  }
}
