import { AwsError, type Principal } from '../core/types.ts'

const list = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : value === undefined ? [] : [String(value)]

const matches = (pattern: string, text: string) =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    'i',
  ).test(text)

interface Statement {
  readonly Effect?: string
  readonly Principal?: unknown
  readonly Action?: unknown
  readonly Resource?: unknown
}

const names = (principal: unknown, { accountId, arn }: Principal): boolean => {
  if (principal === '*') return true
  const aws = list((principal as { AWS?: unknown } | undefined)?.AWS)
  return aws.some(
    (one) =>
      one === '*' || one === accountId || one === `arn:aws:iam::${accountId}:root` || matches(one, arn),
  )
}

/** Whether a resource policy (JSON text) lets another account's principal do `action` on `resource`; a Deny wins. */
export const policyAllows = (
  policy: string | undefined,
  principal: Principal,
  action: string,
  resource: string,
): boolean => {
  if (policy === undefined) return false
  const { Statement: found } = JSON.parse(policy) as { Statement?: Statement | readonly Statement[] }
  const statements = (Array.isArray(found) ? found : found ? [found] : []) as readonly Statement[]
  const hits = statements.filter(
    (statement) =>
      names(statement.Principal, principal) &&
      list(statement.Action).some((one) => matches(one, action)) &&
      (statement.Resource === undefined || list(statement.Resource).some((one) => matches(one, resource))),
  )
  return hits.some(({ Effect }) => Effect === 'Allow') && !hits.some(({ Effect }) => Effect === 'Deny')
}

/** The error that AWS gives to another account's principal without such a policy. */
export const notAuthorized = (principal: Principal, action: string, resource: string): AwsError =>
  new AwsError(
    'AccessDeniedException',
    `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource} because no resource-based policy allows the ${action} action`,
  )
