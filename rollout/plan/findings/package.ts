import { isUnreadable } from '../context.ts'
import type { Find } from './finding.ts'
import { error } from './finding.ts'

const at = { path: 'model.package' }

/** The model package: readable, approved, complete, and of a kind that can be rolled out. */
export const findPackage: Find = ({ document, facts }) => {
  const found = facts.package
  const arn = document.model.package
  if (isUnreadable(found))
    return [
      error(
        'package-unreadable',
        at,
        `${arn} cannot be read: ${found.unreadable}`,
        'check the ARN, and that the role of its account may call sagemaker:DescribeModelPackage',
      ),
    ]
  return [
    ...(found.status === 'Completed'
      ? []
      : [
          error(
            'package-not-completed',
            at,
            `${arn} is ${found.status}; only a Completed package can be deployed`,
            'wait until SageMaker has finished it, or register it again',
          ),
        ]),
    ...(found.approval === 'Approved'
      ? []
      : [
          error(
            'package-not-approved',
            at,
            `${arn} is ${found.approval}; only an Approved package can be deployed`,
            'approve it in the model registry (sagemaker:UpdateModelPackage), or roll out another version',
          ),
        ]),
    ...found.refused.map((reason) =>
      error(
        'package-refused',
        at,
        `${arn} cannot be rolled out: ${reason}`,
        'register a package of your own with its artifacts in S3 and its images in ECR',
      ),
    ),
  ]
}
