import type { Check } from './check.ts'
import { parsePackageArn } from './targets.ts'

/** What is promoted to another Region or account takes its artifacts along. */
export const checkReplication: Check = (document, report) => {
  const arn = document.model?.package ? parsePackageArn(document.model.package) : null
  const to = document.promote?.to
  if (!arn || !to?.region) return
  if (to.region !== arn.region && document.replicate?.artifacts === undefined)
    report(
      ['replicate', 'artifacts'],
      `where to copy the artifacts: the package is promoted from ${arn.region} to ${to.region}, and SageMaker reads only from its own Region`,
    )
  const id = document.accounts?.[to.account ?? '']?.id
  if (id === arn.accountId && to.region === arn.region && to.group === arn.group)
    report(
      ['promote', 'to'],
      'another account, Region or group than the package’s own',
      'the package’s own group',
    )
}
