import type { Operation } from '../core/types.ts'
import { listPage } from './listing.ts'
import { findGroup } from './package-groups.ts'
import { findPackage } from './packages.ts'
import { sageMakerState } from './state.ts'

export const describePackage: Operation = (call, input) => {
  const { found } = findPackage(call, input.ModelPackageName, 'sagemaker:DescribeModelPackage')
  const by = { UserProfileArn: undefined, IamIdentity: { Arn: found.createdBy } }
  return {
    ...found.input,
    ModelPackageName: found.name,
    ModelPackageGroupName: found.group,
    ModelPackageVersion: found.version,
    ModelPackageArn: found.arn,
    CreationTime: new Date(found.createdAt),
    CreatedBy: by,
    ModelPackageStatus: found.status,
    ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
    CertifyForMarketplace: found.input.CertifyForMarketplace ?? false,
    LastModifiedTime: found.modifiedAt === undefined ? undefined : new Date(found.modifiedAt),
  }
}

/** Ascending by creation unless asked otherwise, ten a page; versions of a group when one is named. */
export const listPackages: Operation = (call, input) => {
  const named: string | undefined = input.ModelPackageGroupName
  const where = named ? findGroup(call, named, 'sagemaker:ListModelPackages') : undefined
  const state = where?.state ?? sageMakerState(call.world, call.accountId, call.region)
  const type: string = input.ModelPackageType ?? (named ? 'Versioned' : 'Unversioned')
  const found = [...state.packages.values()]
    .filter((one) => named === undefined || one.group === where?.group.name)
    .filter((one) => type === 'Both' || (type === 'Versioned') === (one.group !== undefined))
    .filter(
      (one) => (input.ModelApprovalStatus ?? one.input.ModelApprovalStatus) === one.input.ModelApprovalStatus,
    )
    .map((one) => ({ ...one, status: one.status as string, modifiedAt: one.modifiedAt ?? one.createdAt }))
  const { page, token } = listPage(found, input, { sortOrder: 'Ascending' })
  return {
    ModelPackageSummaryList: page.map((one) => ({
      ModelPackageName: one.group === undefined ? one.name : undefined,
      ModelPackageGroupName: one.group,
      ModelPackageVersion: one.version,
      ModelPackageArn: one.arn,
      ModelPackageDescription: one.input.ModelPackageDescription,
      CreationTime: new Date(one.createdAt),
      ModelPackageStatus: one.status,
      ModelApprovalStatus: one.input.ModelApprovalStatus,
      ModelLifeCycle: one.input.ModelLifeCycle,
      ModelPackageRegistrationType: one.input.ModelPackageRegistrationType,
    })),
    NextToken: token,
  }
}
