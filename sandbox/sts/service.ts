import { AwsError, type Call, type Service } from '../core/types.ts'
import { findRole, listRoles, putRole, type RoleSeed } from '../iam/roles.ts'
import { expireSessions, isAssumed, issueSession } from '../iam/sessions.ts'

interface AssumeRoleInput {
  readonly RoleArn: string
  readonly RoleSessionName: string
  readonly DurationSeconds?: number
  readonly ExternalId?: string
  readonly SourceIdentity?: string
}

const mayAssume = (trusts: readonly string[], call: Call) =>
  trusts.some(
    (trusted) =>
      trusted === '*' ||
      trusted === call.principal.accountId ||
      trusted === `arn:aws:iam::${call.principal.accountId}:root` ||
      trusted === call.principal.arn,
  )

const assumeRole = (call: Call, input: AssumeRoleInput) => {
  const role = findRole(call.world, input.RoleArn)
  const externalIdFits = role?.externalId === undefined || role.externalId === input.ExternalId
  if (!role || !mayAssume(role.trusts, call) || !externalIdFits) {
    throw new AwsError(
      'AccessDenied',
      `User: ${call.principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${input.RoleArn}`,
      403,
    )
  }
  const seconds = input.DurationSeconds ?? 3600
  if (isAssumed(call.principal) && seconds > 3600) {
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    )
  }
  if (seconds > role.maxSessionSeconds) {
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    )
  }
  const arn = `arn:aws:sts::${role.accountId}:assumed-role/${role.name.split('/').at(-1)}/${input.RoleSessionName}`
  const session = issueSession(call.world, { accountId: role.accountId, arn }, role.arn, seconds)
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.sessionToken,
      Expiration: new Date(session.expiresAt),
    },
    AssumedRoleUser: { AssumedRoleId: `AROA${role.accountId}:${input.RoleSessionName}`, Arn: arn },
    SourceIdentity: input.SourceIdentity,
  }
}

/** STS with the roles of the seed: who is not trusted, or names another ExternalId, gets AccessDenied. */
export const sts: Service = {
  service: 'sts',
  operations: {
    AssumeRole: assumeRole,
    GetCallerIdentity: (call: Call) => ({
      UserId: `AIDA${call.principal.accountId}`,
      Account: call.principal.accountId,
      Arn: call.principal.arn,
    }),
  },
  seeds: {
    roles: (world, roles: readonly RoleSeed[]) => {
      for (const role of roles) putRole(world, role)
    },
  },
  controls: {
    'expire-sessions': (world, body: { roleArn?: string }) => ({
      expired: expireSessions(world, body.roleArn),
    }),
  },
  dumps: { roles: (world) => listRoles(world).map((role) => ({ ...role, region: 'global' })) },
}
