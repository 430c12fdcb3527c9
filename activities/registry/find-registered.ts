import {
  DescribeModelPackageCommand,
  ListModelPackagesCommand,
  type DescribeModelPackageOutput,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker'
import { inParallel } from '../aws/in-parallel.ts'
import { isNotFound } from '../aws/predicates.ts'

/** Customer metadata that says what a version was registered from. */
export const sourceArn = 'sluice:source-arn'
export const sourceHash = 'sluice:source-hash'

const DESCRIBED_AT_A_TIME = 5

/**
 * The newest version of a group that was registered from this package, by its stamp; failed ones do not count. `hash`: only
 * one with exactly this content. `after`: when the source was made, for no copy is older. Null when the group is absent too.
 */
export async function findRegistered(
  sagemaker: SageMakerClient,
  group: string,
  wanted: { readonly arn: string; readonly hash?: string; readonly after?: Date | undefined },
): Promise<DescribeModelPackageOutput | null> {
  let NextToken: string | undefined
  do {
    const page = await listPage(sagemaker, group, wanted.after, NextToken)
    const alive = page.ModelPackageSummaryList?.filter(
      ({ ModelPackageStatus }) => ModelPackageStatus !== 'Failed' && ModelPackageStatus !== 'Deleting',
    )
    const described = await inParallel(alive ?? [], DESCRIBED_AT_A_TIME, ({ ModelPackageArn }) =>
      describePackage(sagemaker, ModelPackageArn!),
    )
    const found = described.find((one) => {
      const stamp = one?.CustomerMetadataProperties
      return (
        stamp?.[sourceArn] === wanted.arn && (wanted.hash === undefined || stamp[sourceHash] === wanted.hash)
      )
    })
    if (found) return found
    NextToken = page.NextToken
  } while (NextToken)
  return null
}

async function listPage(
  sagemaker: SageMakerClient,
  group: string,
  after: Date | undefined,
  NextToken: string | undefined,
) {
  try {
    return await sagemaker.send(
      new ListModelPackagesCommand({
        ModelPackageGroupName: group,
        SortBy: 'CreationTime',
        // The default is Ascending.
        SortOrder: 'Descending',
        MaxResults: 100,
        CreationTimeAfter: after && new Date(after.getTime() - 1_000),
        NextToken,
      }),
    )
  } catch (error) {
    if (isNotFound(error)) return { ModelPackageSummaryList: [], NextToken: undefined }
    throw error
  }
}

/** One package by its ARN, or null. */
export async function describePackage(
  sagemaker: SageMakerClient,
  arn: string,
): Promise<DescribeModelPackageOutput | null> {
  try {
    return await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn }))
  } catch (error) {
    if (isNotFound(error)) return null
    throw error
  }
}
