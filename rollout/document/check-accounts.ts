import { nearest } from './nearest.ts'
import type { Path } from './problem.ts'
import type { Check } from './check.ts'
import { targetsIn } from './check.ts'
import { parsePackageArn } from './targets.ts'

/** Every account that is named exists, and every role is in its account. */
export const checkAccounts: Check = (document, report) => {
  const accounts = document.accounts ?? {}
  const names = Object.keys(accounts)
  const refer = (name: string | undefined, path: Path): void => {
    if (name === undefined || names.includes(name) || names.length === 0) return
    const meant = nearest(name, names)
    report(path, `one of \`accounts\`: ${meant ? `\`${meant}\`, or another of ` : ''}${names.join(', ')}`)
  }
  for (const { target, path } of targetsIn(document)) refer(target.account, [...path, 'account'])
  refer(document.promote?.to?.account, ['promote', 'to', 'account'])
  refer(document.record?.account, ['record', 'account'])

  for (const [name, account] of Object.entries(accounts)) {
    if (!account) continue
    const inRole = /^arn:[^:]*:iam::(\d{12}):/.exec(account.role ?? '')?.[1]
    if (inRole && account.id && inRole !== account.id)
      report(['accounts', name, 'role'], `a role of account ${account.id}`)
    if (account.role?.includes('{'))
      report(['accounts', name, 'role'], 'a role ARN without variables: an account has one id')
    if (account.externalId !== undefined && account.role === undefined)
      report(['accounts', name, 'externalId'], 'an external id only beside a `role`')
  }

  const arn = document.model?.package ? parsePackageArn(document.model.package) : null
  const ids = Object.values(accounts).flatMap((account) => (account?.id ? [account.id] : []))
  if (arn && ids.length > 0 && !ids.includes(arn.accountId))
    report(
      ['model', 'package'],
      `a package in one of \`accounts\`: add account ${arn.accountId} there, so that the package can be read`,
      `a package of account ${arn.accountId}, which is not among \`accounts\``,
    )
}
