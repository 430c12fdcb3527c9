import { DescribeEndpointCommand, DescribeEndpointConfigCommand } from '@aws-sdk/client-sagemaker'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { startSandbox, type Sandbox } from '../../sandbox/start.ts'
import { isFailure } from '../failure.ts'
import { attempt } from '../world.fixture.ts'
import { createAws, type AwsOptions } from './clients.ts'
import type { AwsCall } from './observe-calls.ts'

const own = '999999999999'
const prod = { accountId: '333333333333', region: 'eu-west-1' }
const role = `arn:aws:iam::${prod.accountId}:role/sluice-deploy`

let sandbox: Sandbox
afterEach(() => sandbox?.close())

async function start(externalId?: string) {
  sandbox = await startSandbox({ seed: { roles: [{ arn: role, trusts: [own], externalId }] } })
  const calls: AwsCall[] = []
  const connect = (options: AwsOptions = {}) =>
    createAws({
      env: {
        AWS_ENDPOINT_URL: sandbox.url,
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: `AKIA${own}`,
        AWS_SECRET_ACCESS_KEY: 'x',
      },
      onCall: (call) => void calls.push(call),
      ...options,
    })
  return { connect, calls }
}

const describeIn = (
  aws: ReturnType<typeof createAws>,
  place: Parameters<typeof aws.sagemaker>[0],
  rollout = 'r-1',
) => aws.sagemaker(place, rollout).send(new DescribeEndpointCommand({ EndpointName: 'fraud' }))

describe('clients for another account', () => {
  it('assume the role once per rollout, in a session named after it', async () => {
    const { connect } = await start()
    const aws = connect()
    const looks = ['r-1', 'r-1', 'r-2'].map((rollout) =>
      describeIn(aws, { ...prod, role }, rollout).catch(() => {}),
    )
    await Promise.all(looks)
    const assumed = sandbox.world.calls.list().filter((call) => call.operation === 'AssumeRole')
    expect(assumed).toHaveLength(2)
    const principals = sandbox.world.calls.list().filter((call) => call.operation === 'DescribeEndpoint')
    expect(new Set(principals.map((call) => call.principal))).toEqual(
      new Set(
        ['r-1', 'r-2'].map((id) => `arn:aws:sts::${prod.accountId}:assumed-role/sluice-deploy/sluice-${id}`),
      ),
    )
  })

  it('are Denied, with the role named, when the ExternalId is missing', async () => {
    const { connect } = await start('sluice-prod')
    const aws = connect()
    const denied = await describeIn(aws, { ...prod, role }).catch((error: unknown) => error)
    expect(isFailure(denied, 'Denied') && denied.message).toMatch(
      /STS AssumeRole in account 333333333333, eu-west-1 \(role arn:.*sluice-deploy\): AccessDenied/,
    )
    expect(denied).toMatchObject({ nonRetryable: true })
    const allowed = await describeIn(aws, { ...prod, role, externalId: 'sluice-prod' }).catch(
      (e: unknown) => e,
    )
    expect(isFailure(allowed, 'Denied')).toBe(false)
  })

  it('are Denied without a role when the worker is of another account, before anything is asked there', async () => {
    const { connect } = await start()
    const denied = await describeIn(connect(), prod).catch((error: unknown) => error)
    expect(isFailure(denied, 'Denied') && denied.message).toMatch(/credentials are of account 999999999999/)
    expect(sandbox.world.calls.list().map((call) => call.operation)).toEqual(['GetCallerIdentity'])
  })

  it('ask for a new session after AWS said that the old one is over', async () => {
    const { connect } = await start()
    const aws = connect()
    await describeIn(aws, { ...prod, role }).catch(() => {})
    const { expireSessions } = await import('../../sandbox/iam/sessions.ts')
    expireSessions(sandbox.world)
    const expired = await describeIn(aws, { ...prod, role }).catch((error: unknown) => error)
    expect(isFailure(expired, 'Transient') && expired.message).toMatch(/A new session is asked for/)
    await describeIn(aws, { ...prod, role }).catch(() => {})
    const last = sandbox.world.calls.list().at(-1)
    expect(last).toMatchObject({ operation: 'DescribeEndpoint' })
    expect(last?.error).not.toMatch(/Expired/)
  })
})

describe('every call', () => {
  it('is told of with its error code, its attempt and what AWS answered', async () => {
    const { connect, calls } = await start()
    sandbox.world.faults.arm({ kind: 'throttle', operation: 'DescribeEndpoint', times: 5 })
    const throttled = await describeIn(connect(), { ...prod, role }).catch((error: unknown) => error)
    expect(isFailure(throttled, 'Throttled') && throttled.nextRetryDelay).toBeGreaterThan(0)
    expect(calls.map((call) => [call.service, call.operation, call.attempt, call.code, call.status])).toEqual(
      [
        ['STS', 'AssumeRole', 1, undefined, 200],
        ['SageMaker', 'DescribeEndpoint', 1, 'ThrottlingException', 400],
        ['SageMaker', 'DescribeEndpoint', 2, 'ThrottlingException', 400],
      ],
    )
    expect(calls.map((call) => typeof call.requestId)).toEqual(['string', 'string', 'string'])
  })

  it('is told before it is sent, with the account that it goes to', async () => {
    const told: unknown[] = []
    const { connect } = await start()
    const aws = connect({ onRequest: (request) => void told.push(request) })
    await describeIn(aws, { ...prod, role }).catch(() => undefined)
    expect(told).toMatchObject([
      { service: 'STS', operation: 'AssumeRole' },
      { service: 'SageMaker', operation: 'DescribeEndpoint', region: prod.region, accountId: prod.accountId },
    ])
  })

  it('ends with the activity when that is cancelled', async () => {
    const { connect } = await start()
    const aws = connect()
    sandbox.world.faults.arm({ kind: 'hang', operation: 'DescribeEndpoint' })
    const activity = new MockActivityEnvironment({ startToCloseTimeoutMs: 60_000 })
    const look = activity.run(() => describeIn(aws, { ...prod, role })).catch((error: unknown) => error)
    while (!sandbox.world.calls.list().some((call) => call.operation === 'DescribeEndpoint'))
      await new Promise((resolve) => setTimeout(resolve, 5))
    activity.cancel()
    expect(await look).toMatchObject({ name: 'AbortError' })
  })

  it('gives up before the time of its activity is over, and is tried again', async () => {
    const { connect } = await start()
    const aws = connect()
    sandbox.world.faults.arm({ kind: 'hang', operation: 'DescribeEndpoint', times: 2 })
    const activity = new MockActivityEnvironment({ startToCloseTimeoutMs: 250 })
    const late = await activity.run(() => describeIn(aws, { ...prod, role })).catch((error: unknown) => error)
    expect(isFailure(late, 'Transient') && late.message).toMatch(/TimeoutError/)
  })
})

describe('endpoints', () => {
  it('are found by the SDK itself in its standard variables', async () => {
    sandbox = await startSandbox()
    const { STSClient } = await import('@aws-sdk/client-sts')
    const variables = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_ENDPOINT_URL_STS: sandbox.url }
    Object.assign(process.env, variables)
    try {
      const credentials = { accessKeyId: `AKIA${own}`, secretAccessKey: 'x' }
      const plain = new STSClient({ region: 'eu-west-1', credentials })
      expect((await plain.send(new GetCallerIdentityCommand({}))).Account).toBe(own)
    } finally {
      for (const name of Object.keys(variables)) delete process.env[name]
    }
  })
})

describe('a worker whose clock is set', () => {
  const named = { EndpointConfigName: 'just-made' }
  const look = (aws: ReturnType<typeof createAws>) =>
    aws.sagemaker({ ...prod, role }, 'r-1').send(new DescribeEndpointConfigCommand(named))

  it.each([57, -57])('by %d minutes still waits for what is new, and keeps its sessions', async (minutes) => {
    const { connect } = await start()
    const aws = connect()
    await attempt()
      .run(() => look(aws))
      .catch(() => undefined)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minutes * 60_000 })
    try {
      const server = Date.now() - minutes * 60_000
      const times = { scheduledTimestampMs: server, currentAttemptScheduledTimestampMs: server }
      const early = await attempt(times)
        .run(() => look(aws))
        .catch((error: unknown) => error)
      expect(early).toMatchObject({ type: 'Settling' })
      const late = await attempt({ ...times, currentAttemptScheduledTimestampMs: server + 200_000 })
        .run(() => look(aws))
        .catch((error: unknown) => error)
      expect(late).toMatchObject({ type: 'NotFound' })
    } finally {
      vi.useRealTimers()
    }
    const assumed = sandbox.world.calls.list().filter(({ operation }) => operation === 'AssumeRole')
    expect(assumed).toHaveLength(1)
  })
})
