import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling'
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import {
  DescribeEndpointCommand,
  SageMakerClient,
  type DescribeEndpointCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime'
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas'
import { packArtifact } from '../serving/artifact.ts'
import { startSandbox } from '../start.ts'

/** A small world for the tests of the simulated SageMaker: one account with an image and two models, one that answers 1 and one that answers 2. */
export const account = '333333333333'
export const other = '444444444444'
export const region = 'eu-west-1'
export const image = `${account}.dkr.ecr.${region}.amazonaws.com/fraud:serve`
export const role = `arn:aws:iam::${account}:role/model-execution`
export const bucket = `models-${account}-${region}`

/** An artifact whose model answers `value` to everything. */
export const constantModel = (value: number): Promise<Buffer> =>
  packArtifact(
    new Map([
      [
        'model.json',
        Buffer.from(
          JSON.stringify({
            kind: 'linear-regression',
            features: ['a'],
            coefficients: [[0]],
            intercept: [value],
          }),
        ),
      ],
    ]),
  )

const variant = (
  VariantName: string,
  ModelName: string,
  InitialVariantWeight = 1,
  InitialInstanceCount = 1,
) => ({
  VariantName,
  ModelName,
  InstanceType: 'ml.m5.xlarge' as const,
  InitialInstanceCount,
  InitialVariantWeight,
})

/** The members of a model over one of the world's artifacts. */
export const modelInput = (
  ModelName: string,
  artifact: string,
  Environment: Record<string, string> = {},
) => ({
  ModelName,
  ExecutionRoleArn: role,
  PrimaryContainer: { Image: image, ModelDataUrl: `s3://${bucket}/${artifact}.tar.gz`, Environment },
})

/** Starts the world: endpoint `fraud` serves model `one` under the variant `AllTraffic`, with 2 instances. */
export const startWorld = async ({
  clockRate = 600,
  requestsPerSecond = 0,
  times = {} as Record<string, number>,
  seed = {} as Record<string, unknown>,
} = {}) => {
  const images = [
    {
      tags: ['serve'],
      layers: [{ text: 'server' }],
      labels: { 'com.amazonaws.sagemaker.capabilities.accept-bind-to-port': 'true' },
    },
  ]
  const sandbox = await startSandbox({
    clockRate,
    seed: {
      sagemaker: { consistencyMs: 0, realLatency: false, ...times },
      buckets: [
        {
          name: bucket,
          account,
          region,
          objects: [
            { key: 'one.tar.gz', bytes: await constantModel(1) },
            { key: 'two.tar.gz', bytes: await constantModel(2) },
            { key: 'broken.tar.gz', text: 'not an archive' },
          ],
        },
        {
          name: 'elsewhere',
          account,
          region: 'us-east-1',
          objects: [{ key: 'one.tar.gz', bytes: await constantModel(1) }],
        },
      ],
      repositories: [
        { name: 'fraud', account, region, images },
        { name: 'private', account: other, region, images },
      ],
      models: [{ account, region, ...modelInput('one', 'one') }],
      endpointConfigs: [
        {
          account,
          region,
          EndpointConfigName: 'first',
          ProductionVariants: [variant('AllTraffic', 'one', 1, 2)],
        },
      ],
      endpoints: [{ account, region, name: 'fraud', config: 'first', traffic: { requestsPerSecond } }],
      ...seed,
    },
  })
  const config = {
    endpoint: sandbox.url,
    region,
    credentials: { accessKeyId: `AKIA${account}`, secretAccessKey: 'any' },
    maxAttempts: 1,
  }
  const sagemaker = new SageMakerClient(config)
  const describe = (EndpointName = 'fraud') => sagemaker.send(new DescribeEndpointCommand({ EndpointName }))
  return {
    sandbox,
    sagemaker,
    runtime: new SageMakerRuntimeClient(config),
    cloudwatch: new CloudWatchClient(config),
    scaling: new ApplicationAutoScalingClient(config),
    quotas: new ServiceQuotasClient(config),
    describe,
    /** Waits until an endpoint is in none of the states that mean work. */
    async rest(EndpointName = 'fraud'): Promise<DescribeEndpointCommandOutput> {
      for (;;) {
        const found = await describe(EndpointName)
        if (
          !['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'].includes(
            found.EndpointStatus!,
          )
        )
          return found
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
  }
}

export { variant }
