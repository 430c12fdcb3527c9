import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch'
import { CreateRepositoryCommand, DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr'
import { GetObjectCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime'
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ecr } from '../ecr/service.ts'
import { cloudwatch } from '../cloudwatch/service.ts'
import { s3 } from '../s3/service.ts'
import { startSandbox, type Sandbox } from '../start.ts'
import { sts } from '../sts/service.ts'
import { AwsError, type Call, type Service } from './types.ts'

const echo: Service = {
  service: 'sagemaker-runtime',
  operations: {
    InvokeEndpoint: (_call: Call, input: any) => {
      if (input.ContentType === 'text/broken') {
        throw new AwsError('ModelError', 'Received server error (500) from primary', 424, {
          OriginalStatusCode: 500,
          OriginalMessage: 'boom',
        })
      }
      return {
        Body: Buffer.concat([Buffer.from(`${input.EndpointName} ${input.TargetVariant}: `), input.Body]),
        ContentType: input.Accept,
        InvokedProductionVariant: input.TargetVariant,
      }
    },
  },
}

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ services: [sts, s3, ecr, cloudwatch, echo] })
})
afterAll(() => sandbox.close())
beforeEach(() => {
  sandbox.world.reset()
})

const options = (accessKeyId = 'AKIA111111111111', more: object = {}) => ({
  endpoint: sandbox.url,
  region: 'eu-west-1',
  credentials: { accessKeyId, secretAccessKey: 'any' },
  maxAttempts: 1,
  forcePathStyle: true,
  ...more,
})
const registry = (more?: object) => new ECRClient(options(undefined, more))
const create = (repositoryName = 'fraud', more?: object) =>
  registry(more).send(new CreateRepositoryCommand({ repositoryName }))
const describeAll = () => registry().send(new DescribeRepositoriesCommand({}))

describe('an unknown access key', () => {
  it('is refused in the words of each protocol', async () => {
    const unknown = options('AKIANOBODY')
    const attempts = [
      [() => new ECRClient(unknown).send(new DescribeRepositoriesCommand({})), 'UnrecognizedClientException'],
      [
        () => new CloudWatchClient(unknown).send(new DescribeAlarmsCommand({})),
        'UnrecognizedClientException',
      ],
      [() => new STSClient(unknown).send(new GetCallerIdentityCommand({})), 'InvalidClientTokenId'],
      [
        () => new S3Client(unknown).send(new GetObjectCommand({ Bucket: 'b', Key: 'k' })),
        'InvalidAccessKeyId',
      ],
      [
        () =>
          new SageMakerRuntimeClient(unknown).send(
            new InvokeEndpointCommand({ EndpointName: 'e', Body: '' }),
          ),
        'UnrecognizedClientException',
      ],
    ] as const
    for (const [attempt, name] of attempts) {
      await expect(attempt()).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 403 } })
    }
  })
})

describe('requests', () => {
  it('see only their own account and Region', async () => {
    await create()
    const elsewhere = [options('AKIA222222222222'), { ...options(), region: 'us-east-1' }]
    for (const other of elsewhere) {
      expect((await new ECRClient(other).send(new DescribeRepositoriesCommand({}))).repositories).toEqual([])
    }
    expect((await describeAll()).repositories).toHaveLength(1)
  })

  it('are checked against the service model before anything happens', async () => {
    const alarms = new CloudWatchClient(options()).send(new DescribeAlarmsCommand({ MaxRecords: 1000 }))
    await expect(alarms).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(
        "Value '1000' at 'maxRecords' failed to satisfy constraint: Member must have value less than",
      ),
    })
    const role = new STSClient(options()).send(
      new AssumeRoleCommand({ RoleArn: 'short', RoleSessionName: 'x' }),
    )
    await expect(role).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringMatching(/^2 validation errors detected/),
    })
  })

  it('carry time stamps as the SDK reads them', async () => {
    const { repository } = await create()
    expect(Math.abs(repository!.createdAt!.getTime() - Date.now())).toBeLessThan(60_000)
  })

  it('reach the runtime with raw bodies and headers', async () => {
    const runtime = new SageMakerRuntimeClient(options())
    const answer = await runtime.send(
      new InvokeEndpointCommand({
        EndpointName: 'fraud',
        Body: Buffer.from([1, 2, 255]),
        TargetVariant: 'stable',
        ContentType: 'application/octet-stream',
        Accept: 'application/octet-stream',
      }),
    )
    expect(Buffer.from(answer.Body!)).toEqual(
      Buffer.concat([Buffer.from('fraud stable: '), Buffer.from([1, 2, 255])]),
    )
    expect(answer).toMatchObject({
      InvokedProductionVariant: 'stable',
      ContentType: 'application/octet-stream',
    })
    const broken = runtime.send(
      new InvokeEndpointCommand({ EndpointName: 'fraud', Body: 'x', ContentType: 'text/broken' }),
    )
    await expect(broken).rejects.toMatchObject({
      name: 'ModelError',
      OriginalStatusCode: 500,
      OriginalMessage: 'boom',
      $metadata: { httpStatusCode: 424 },
    })
  })

  it('are refused when the sandbox does not serve them, unsigned ones too', async () => {
    const unsigned = await fetch(`${sandbox.url}/bucket/key`)
    expect([unsigned.status, await unsigned.text()]).toEqual([
      403,
      expect.stringContaining('<Code>AccessDenied</Code>'),
    ])
    const headers = {
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIA111111111111/20260101/eu-west-1/ecr/aws4_request, Signature=x',
      'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.StartImageScan',
    }
    const unknown = await fetch(sandbox.url, { method: 'POST', headers, body: '{}' })
    expect(await unknown.json()).toMatchObject({ __type: 'UnknownOperationException' })
  })

  it('are all recorded, with who, where, what and how it ended', async () => {
    await create()
    await create().catch(() => {})
    expect(sandbox.world.calls.list()).toMatchObject([
      {
        accountId: '111111111111',
        region: 'eu-west-1',
        service: 'ecr',
        operation: 'CreateRepository',
        principal: 'arn:aws:iam::111111111111:user/sandbox',
        summary: 'repositoryName=fraud',
        status: 200,
      },
      { operation: 'CreateRepository', status: 400, error: 'RepositoryAlreadyExistsException' },
    ])
  })
})

describe('faults', () => {
  const arm = (kind: string, more: object = {}) => sandbox.world.faults.arm({ kind, ...more })

  it('throttle in the code and status of each service', async () => {
    arm('throttle', { times: 4 })
    await expect(describeAll()).rejects.toMatchObject({
      name: 'ThrottlingException',
      $metadata: { httpStatusCode: 400 },
    })
    const s3Client = new S3Client(options())
    await expect(s3Client.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }))).rejects.toMatchObject({
      name: 'SlowDown',
      $metadata: { httpStatusCode: 503 },
    })
    const alarms = new CloudWatchClient(options()).send(new DescribeAlarmsCommand({}))
    await expect(alarms).rejects.toMatchObject({ name: 'Throttling', $metadata: { httpStatusCode: 400 } })
    const head = s3Client.send(new HeadBucketCommand({ Bucket: 'b' }))
    await expect(head).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } })
  })

  it('are retried by the SDK as it retries AWS', async () => {
    arm('throttle', { times: 2 })
    await create('fraud', { maxAttempts: 3 })
    expect(sandbox.world.calls.list().map((one) => one.status)).toEqual([400, 400, 200])
  })

  it('fail with 500, with any error, or with AccessDenied, and change nothing', async () => {
    arm('internal-error')
    await expect(create()).rejects.toMatchObject({
      name: 'ServerException',
      $metadata: { httpStatusCode: 500 },
    })
    arm('error', { with: { code: 'LimitExceededException', message: 'too many' } })
    await expect(create()).rejects.toMatchObject({ name: 'LimitExceededException', message: 'too many' })
    arm('access-denied')
    await expect(create()).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('is not authorized to perform: ecr:CreateRepository'),
    })
    expect((await describeAll()).repositories).toEqual([])
  })

  it('reset the connection before anything happened', async () => {
    arm('reset')
    await expect(create()).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect((await describeAll()).repositories).toEqual([])
    expect(sandbox.world.calls.list()[0]).toMatchObject({
      status: 0,
      error: 'reset',
      fault: expect.stringMatching(/^fault-/),
    })
  })

  it.each([
    ['by a reset connection', {}, { code: 'ECONNRESET' }],
    ['by a 500', { with: { as: 'error' } }, { name: 'ServerException' }],
  ])('apply the call and lose the answer %s', async (_how, more, error) => {
    arm('lose-answer', { operation: 'CreateRepository', ...more })
    await expect(create()).rejects.toMatchObject(error)
    await expect(create()).rejects.toMatchObject({ name: 'RepositoryAlreadyExistsException' })
  })

  it('answer late, or never', async () => {
    arm('slow', { with: { ms: 20 } })
    await create('late')
    arm('hang')
    const impatient = {
      requestHandler: new NodeHttpHandler({ requestTimeout: 50, throwOnRequestTimeout: true }),
    }
    await expect(create('never', impatient)).rejects.toMatchObject({ name: 'TimeoutError' })
    expect((await describeAll()).repositories?.map((one) => one.repositoryName)).toEqual(['late'])
  })

  it('hit only the Region, account and name they are for', async () => {
    arm('throttle', { region: 'us-east-1' })
    arm('throttle', { accountId: '222222222222' })
    arm('throttle', { service: 'ecr', name: 'fraud-*', times: 5 })
    await create('churn')
    await expect(create('fraud-scorer')).rejects.toMatchObject({ name: 'ThrottlingException' })
  })
})

it('refuses to start with an operation that has no constraints', async () => {
  const broken: Service = { service: 'ecr', operations: { StartImageScan: () => ({}) } }
  await expect(startSandbox({ services: [broken] })).rejects.toThrow('ecr.json lacks StartImageScan')
})
