import type { DescribeModelPackageOutput } from '@aws-sdk/client-sagemaker'
import { packagePlace, parsePackageArn } from '../../rollout/document/targets.ts'
import type { Document } from '../../rollout/document/types.ts'
import type { PackageFacts, Unreadable } from '../../rollout/facts.ts'
import { describePackage } from '../registry/find-registered.ts'
import { containersOf, findReferences, refusals } from '../registry/package-parts.ts'
import { fail } from '../failure.ts'
import { readable, type Reading } from './reading.ts'

/** The package as SageMaker describes it, for the readers that need all of it. */
export async function readDescribed(
  reading: Reading,
  document: Document,
): Promise<DescribeModelPackageOutput | Unreadable> {
  return readable(reading, async () => {
    const sagemaker = reading.aws.sagemaker(packagePlace(document), reading.session)
    const described = await describePackage(sagemaker, document.model.package)
    if (described) return described
    throw fail('NotFound', `${document.model.package} does not exist. Check group and version.`)
  })
}

/** What the planner decides on; environments and cards stay behind, they may be large or secret. */
export function toPackageFacts(arn: string, described: DescribeModelPackageOutput): PackageFacts {
  const parts = parsePackageArn(arn)
  return {
    arn,
    accountId: parts?.accountId ?? '',
    region: parts?.region ?? '',
    group: described.ModelPackageGroupName ?? parts?.group ?? '',
    version: described.ModelPackageVersion ?? parts?.version ?? 0,
    status: described.ModelPackageStatus ?? 'Unknown',
    approval: described.ModelApprovalStatus ?? 'Unknown',
    containers: containersOf(described),
    references: findReferences(described),
    instanceTypes: described.InferenceSpecification?.SupportedRealtimeInferenceInstanceTypes ?? [],
    refused: refusals(described),
  }
}
