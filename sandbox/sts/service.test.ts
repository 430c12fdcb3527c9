import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSandbox, type Sandbox } from '../start.ts'

const deployRole = 'arn:aws:iam::222222222222:role/sluice-deploy'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({
    seed: {
      roles: [
        {
          arn: deployRole,
          trusts: ['111111111111'],
          externalId: 'sluice-staging',
          denies: ['sts:GetCallerIdentity'],
        },
        { arn: 'arn:aws:iam::333333333333:role/open', trusts: ['111111111111', '222222222222'] },
      ],
    },
  })
})
afterAll(() => sandbox.close())

interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}
const keysOf = (accountId: string): Keys => ({ accessKeyId: `AKIA${accountId}`, secretAccessKey: 'any' })
const client = (credentials: Keys) =>
  new STSClient({ endpoint: sandbox.url, region: 'eu-west-1', credentials, maxAttempts: 1 })
const assume = async (credentials: Keys, input: ConstructorParameters<typeof AssumeRoleCommand>[0]) => {
  const { Credentials } = await client(credentials).send(new AssumeRoleCommand(input))
  return {
    accessKeyId: Credentials!.AccessKeyId!,
    secretAccessKey: Credentials!.SecretAccessKey!,
    sessionToken: Credentials!.SessionToken!,
    expiration: Credentials!.Expiration!,
  }
}

describe('STS', () => {
  it('refuses a role to an account that it does not trust', async () => {
    const attempt = assume(keysOf('444444444444'), {
      RoleArn: deployRole,
      RoleSessionName: 'rollout',
      ExternalId: 'sluice-staging',
    })
    await expect(attempt).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })
  })

  it('refuses a missing or wrong ExternalId with the same error', async () => {
    for (const ExternalId of [undefined, 'sluice-prod']) {
      const attempt = assume(keysOf('111111111111'), {
        RoleArn: deployRole,
        RoleSessionName: 'rollout',
        ExternalId,
      })
      await expect(attempt).rejects.toMatchObject({ name: 'AccessDenied' })
    }
  })

  it('refuses a role session name that the service model forbids, in its words', async () => {
    const attempt = assume(keysOf('111111111111'), { RoleArn: deployRole, RoleSessionName: 'a b' })
    await expect(attempt).rejects.toMatchObject({
      name: 'ValidationError',
      message:
        "1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy constraint: " +
        'Member must satisfy regular expression pattern: [\\w+=,.@-]*',
    })
  })

  it('refuses an access key that belongs to no account', async () => {
    const attempt = client({ accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' }).send(
      new GetCallerIdentityCommand({}),
    )
    await expect(attempt).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
      $metadata: { httpStatusCode: 403 },
    })
  })

  it('says who an access key belongs to', async () => {
    const identity = await client(keysOf('111111111111')).send(new GetCallerIdentityCommand({}))
    expect(identity).toMatchObject({ Account: '111111111111', Arn: 'arn:aws:iam::111111111111:user/sandbox' })
  })

  it('gives out session credentials that act in the account of the role, until they expire', async () => {
    const keys = await assume(keysOf('111111111111'), {
      RoleArn: 'arn:aws:iam::333333333333:role/open',
      RoleSessionName: 'rollout-1',
    })
    expect(keys.expiration.getTime()).toBeGreaterThan(Date.now())
    expect(await client(keys).send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: '333333333333',
      Arn: 'arn:aws:sts::333333333333:assumed-role/open/rollout-1',
    })
    const without = { accessKeyId: keys.accessKeyId, secretAccessKey: keys.secretAccessKey }
    await expect(client(without).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    })
    await fetch(`${sandbox.url}/_sandbox/control/expire-sessions`, { method: 'POST', body: '{}' })
    await expect(client(keys).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: 'ExpiredToken',
    })
  })

  it('limits chained roles to an hour', async () => {
    const first = await assume(keysOf('111111111111'), {
      RoleArn: 'arn:aws:iam::333333333333:role/open',
      RoleSessionName: 'first',
    })
    await fetch(`${sandbox.url}/_sandbox/seed`, {
      method: 'POST',
      body: JSON.stringify({
        roles: [
          { arn: 'arn:aws:iam::222222222222:role/long', trusts: ['333333333333'], maxSessionSeconds: 43_200 },
        ],
      }),
    })
    const chained = assume(first, {
      RoleArn: 'arn:aws:iam::222222222222:role/long',
      RoleSessionName: 'second',
      DurationSeconds: 7200,
    })
    await expect(chained).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('role chaining'),
    })
  })

  it('denies what the role may not do', async () => {
    const keys = await assume(keysOf('111111111111'), {
      RoleArn: deployRole,
      RoleSessionName: 'rollout',
      ExternalId: 'sluice-staging',
    })
    await expect(client(keys).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('is not authorized to perform: sts:GetCallerIdentity'),
    })
  })
})
