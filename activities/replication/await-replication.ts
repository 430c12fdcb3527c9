import { DescribeImageReplicationStatusCommand } from '@aws-sdk/client-ecr'
import type { ImageCopy } from '../../rollout/plan/types.ts'
import { isNotFound } from '../aws/predicates.ts'
import { fail } from '../failure.ts'
import type { Repository } from './manifest.ts'

/**
 * Says why an image that ECR should replicate is not there yet: NotYet while ECR works on it, Refused when it never will.
 * ECR replicates only what is pushed after a rule was made.
 */
export async function explainMissingReplica(
  from: Repository,
  copy: ImageCopy,
  delay: number,
): Promise<never> {
  const where = `${copy.to.accountId}, ${copy.to.region}`
  const entry = await findStatus(from, copy)
  if (entry?.status === 'IN_PROGRESS' || entry?.status === 'COMPLETE')
    throw fail('NotYet', `ECR replicates ${from.name}@${copy.digest} to ${where}.`, { delay })
  if (entry) {
    throw fail(
      'Refused',
      `ECR could not replicate ${from.name}@${copy.digest} to ${where}${entry.failureCode ? ` (${entry.failureCode})` : ''}. ` +
        "Check the destination registry's policy and push the image again, or use replicate.images: copy.",
    )
  }
  throw fail(
    'Refused',
    `ECR does not replicate ${from.name}@${copy.digest} to ${where}: no rule covers it, or it was pushed before the rule was made. ` +
      'Push the image again under a rule, or use replicate.images: copy.',
  )
}

async function findStatus(from: Repository, { digest, to }: ImageCopy) {
  try {
    const { replicationStatuses = [] } = await from.ecr.send(
      new DescribeImageReplicationStatusCommand({
        registryId: from.registryId,
        repositoryName: from.name,
        imageId: { imageDigest: digest },
      }),
    )
    return replicationStatuses.find((one) => one.region === to.region && one.registryId === to.accountId)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}
