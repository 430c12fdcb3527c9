import { isUnreadable } from '../context.ts'
import type { Find } from './finding.ts'
import { error } from './finding.ts'

/** The group that the package is registered in. */
export const findPromote: Find = ({ facts, document }) => {
  const to = document.promote?.to
  if (!to || !facts.promote) return []
  const path = 'promote.to.group'
  if (isUnreadable(facts.promote))
    return [
      error(
        'group-unreadable',
        { path },
        `model package group ${to.group} in ${to.account} ${to.region} cannot be read: ${facts.promote.unreadable}`,
        'check that the account’s role may call sagemaker:DescribeModelPackageGroup and ListModelPackages',
      ),
    ]
  if (facts.promote.groupExists) return []
  return [
    error(
      'group-missing',
      { path },
      `model package group ${to.group} does not exist in ${to.account} ${to.region}`,
      'create it there with its resource policy; Sluice makes no groups, because their policies are yours to decide',
    ),
  ]
}
