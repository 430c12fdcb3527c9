interface Statement {
  readonly Effect?: string
  readonly Principal?: string | { readonly AWS?: string | readonly string[] }
  readonly Action?: string | readonly string[]
}

const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T]

const names = ({ Principal }: Statement, accountId: string): boolean => {
  const principals = typeof Principal === 'string' ? [Principal] : listOf(Principal?.AWS)
  return principals.some((one) => one === '*' || one === accountId || one.split(':')[4] === accountId)
}

const covers = ({ Action }: Statement, action: string): boolean =>
  listOf(Action).some((one) => one === action || (one.endsWith('*') && action.startsWith(one.slice(0, -1))))

/** Whether a repository policy lets another account do this. Conditions are not looked at. */
export const allows = (policy: string | undefined, accountId: string, action: string): boolean => {
  if (policy === undefined) return false
  const statements = listOf((JSON.parse(policy) as { Statement?: Statement | Statement[] }).Statement)
  const matching = statements.filter((one) => names(one, accountId) && covers(one, action))
  return matching.some((one) => one.Effect === 'Allow') && !matching.some((one) => one.Effect === 'Deny')
}

/** The policy that lets accounts pull; `*` is everyone. */
export const pullPolicy = (accounts: readonly string[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Pull',
        Effect: 'Allow',
        Principal: accounts.includes('*') ? '*' : { AWS: accounts.map((id) => `arn:aws:iam::${id}:root`) },
        Action: [
          'ecr:BatchCheckLayerAvailability',
          'ecr:BatchGetImage',
          'ecr:DescribeImages',
          'ecr:DescribeRepositories',
          'ecr:GetDownloadUrlForLayer',
        ],
      },
    ],
  })
