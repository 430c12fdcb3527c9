import type { RolePolicy } from '../rollout/iam/types.ts'

/** Policies for people: a heading and the JSON of each role, and what of it is seldom used. */
export function writeIam(policies: readonly RolePolicy[]): readonly string[] {
  return policies.flatMap(({ accountId, role, policy, seldom }) => [
    `# ${role ?? `the worker's own identity${accountId === '' ? '' : `, for account ${accountId}`}`}`,
    ...JSON.stringify(policy, null, 2).split('\n'),
    ...(seldom.length > 0 ? ['# Used only when'] : []),
    ...seldom.map(({ action, when }) => `#   ${action}: ${when}`),
    '',
  ])
}
