import { DescribeModelPackageGroupCommand, type DescribeModelPackageOutput } from '@aws-sdk/client-sagemaker'
import { placeOf } from '../../rollout/document/targets.ts'
import type { Document } from '../../rollout/document/types.ts'
import type { Facts, PromoteFacts, Unreadable } from '../../rollout/facts.ts'
import { isNotFound } from '../aws/predicates.ts'
import { findRegistered } from '../registry/find-registered.ts'
import { readDestinations } from './read-destinations.ts'
import { isUnreadable, readable, type Reading } from './reading.ts'

/** The group that the package is promoted to, and what was registered there from the same package already. */
export async function readPromote(
  reading: Reading,
  document: Document,
  described: DescribeModelPackageOutput | Unreadable,
  images: Facts['images'],
): Promise<PromoteFacts | Unreadable | undefined> {
  const to = document.promote?.to
  if (!to) return undefined
  const place = placeOf(document, to.account, to.region)
  const sagemaker = reading.aws.sagemaker(place, reading.session)
  const found = await readable(reading, async (): Promise<PromoteFacts> => {
    try {
      await sagemaker.send(new DescribeModelPackageGroupCommand({ ModelPackageGroupName: to.group }))
    } catch (error) {
      if (isNotFound(error)) return { groupExists: false }
      throw error
    }
    const after = isUnreadable(described) ? undefined : described.CreationTime
    const existing = await findRegistered(sagemaker, to.group, { arn: document.model.package, after })
    return {
      groupExists: true,
      ...(existing && {
        existing: { arn: existing.ModelPackageArn!, version: existing.ModelPackageVersion ?? 0 },
      }),
    }
  })
  return isUnreadable(found)
    ? found
    : { ...found, ...(await readDestinations(reading, document, place, images)) }
}
