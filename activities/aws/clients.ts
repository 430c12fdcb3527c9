import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling'
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { ECRClient } from '@aws-sdk/client-ecr'
import { S3Client } from '@aws-sdk/client-s3'
import { SageMakerClient } from '@aws-sdk/client-sagemaker'
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime'
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas'
import { SNSClient } from '@aws-sdk/client-sns'
import { STSClient } from '@aws-sdk/client-sts'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import type { Place } from '../../rollout/target.ts'
import { guard } from './call.ts'
import { observeCalls, type CallObservers } from './observe-calls.ts'
import { configuredEndpoint, type ServiceId } from './endpoints.ts'
import { createSessions, type CredentialProvider } from './sessions.ts'

type At<C> = (place: Place, rolloutId: string) => C

/**
 * Clients for every account and Region that a document names, made when first asked for and kept. Their `send` stops with
 * the running activity and throws only failures of `rollout/failure.ts`; see `guard`.
 */
export interface Aws {
  readonly sagemaker: At<SageMakerClient>
  readonly runtime: At<SageMakerRuntimeClient>
  readonly cloudwatch: At<CloudWatchClient>
  readonly s3: At<S3Client>
  readonly ecr: At<ECRClient>
  readonly autoscaling: At<ApplicationAutoScalingClient>
  readonly quotas: At<ServiceQuotasClient>
  readonly sns: At<SNSClient>
  /** The worker's own. */
  readonly sts: STSClient
  /** Gets credentials for the account and nothing else; throws Denied when it cannot be entered. */
  readonly enter: (place: Place, rolloutId: string) => Promise<void>
}

/** How to make the clients; every member has a default. */
export interface AwsOptions extends CallObservers {
  /** Divides what is waited for between attempts. */
  readonly clockRate?: number
  /** Region of the worker's own STS calls; default `AWS_REGION`, then `AWS_DEFAULT_REGION`, then us-east-1. */
  readonly region?: string
  readonly env?: NodeJS.ProcessEnv
  /** The worker's own credentials; by default the SDK's chain (environment, profile, web identity, container, instance). */
  readonly credentials?: CredentialProvider
}

const MOST_CLIENTS = 1_000

interface Kind<C> {
  readonly id: ServiceId
  readonly name: string
  readonly make: (settings: ClientSettings) => C
}

type ClientSettings = ReturnType<typeof sharedSettings> & {
  readonly region: string
  readonly endpoint?: string
  readonly credentials?: CredentialProvider
}

/** Temporal owns the retries; the SDK's second attempt only bridges a connection that was closed while idle. */
const sharedSettings = (requestHandler: NodeHttpHandler) => ({ requestHandler, maxAttempts: 2 })

const kinds = {
  sagemaker: { id: 'SAGEMAKER', name: 'SageMaker', make: (s: ClientSettings) => new SageMakerClient(s) },
  // An invocation is not idempotent for those who count: one attempt.
  runtime: {
    id: 'SAGEMAKER_RUNTIME',
    name: 'SageMaker Runtime',
    make: (s: ClientSettings) => new SageMakerRuntimeClient({ ...s, maxAttempts: 1 }),
  },
  cloudwatch: { id: 'CLOUDWATCH', name: 'CloudWatch', make: (s: ClientSettings) => new CloudWatchClient(s) },
  s3: {
    id: 'S3',
    name: 'S3',
    make: (s: ClientSettings) =>
      new S3Client({
        ...s,
        forcePathStyle: s.endpoint !== undefined,
        followRegionRedirects: true,
        // The SDK's own checksums are JavaScript and cost more than the whole copy of a large object. What must have one
        // names its algorithm; every body is signed by its SHA-256 besides, which S3 checks on receipt.
        requestChecksumCalculation: 'WHEN_REQUIRED',
      }),
  },
  ecr: { id: 'ECR', name: 'ECR', make: (s: ClientSettings) => new ECRClient(s) },
  autoscaling: {
    id: 'APPLICATION_AUTO_SCALING',
    name: 'Application Auto Scaling',
    make: (s: ClientSettings) => new ApplicationAutoScalingClient(s),
  },
  sns: { id: 'SNS', name: 'SNS', make: (s: ClientSettings) => new SNSClient(s) },
  quotas: {
    id: 'SERVICE_QUOTAS',
    name: 'Service Quotas',
    make: (s: ClientSettings) => new ServiceQuotasClient(s),
  },
} as const satisfies Record<string, Kind<unknown>>

/**
 * Roles are assumed through the worker's regional STS, with ExternalId and a session named after the rollout; sessions
 * and clients live in memory only. Endpoints come from the SDK's standard variables; see `configuredEndpoint`.
 */
export function createAws(options: AwsOptions = {}): Aws {
  const { clockRate = 1, env = process.env } = options
  const region = options.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'us-east-1'
  const shared = sharedSettings(
    new NodeHttpHandler({
      connectionTimeout: 3_000,
      // Outside of activities; inside, `guard` sets one that fits the activity.
      requestTimeout: 20_000,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: 256 },
      httpsAgent: { keepAlive: true, maxSockets: 256 },
    }),
  )
  const settingsFor = (id: ServiceId, at: string): ClientSettings => {
    const endpoint = configuredEndpoint(env, id)
    return { ...shared, region: at, ...(endpoint && { endpoint }) }
  }

  const given = options.credentials ?? environmentCredentials(env)
  const sts = new STSClient({ ...settingsFor('STS', region), ...(given && { credentials: given }) })
  observeCalls(sts, { service: 'STS', region }, options)
  const sessions = createSessions(sts, sts.config.credentials as CredentialProvider)

  const clients = new Map<string, unknown>()
  const at =
    <C extends object>({ id, name, make }: Kind<C>): At<C> =>
    (place, rolloutId) => {
      const owner = place.role ? `${place.role} ${place.externalId ?? ''} ${rolloutId}` : ''
      const key = `${id} ${place.accountId} ${place.region} ${owner}`
      const known = clients.get(key) as C | undefined
      if (known) return known
      const credentials = sessions.providerFor(place, rolloutId)
      const client = make({ ...settingsFor(id, place.region), credentials })
      observeCalls(
        client as never,
        { service: name, region: place.region, accountId: place.accountId },
        options,
      )
      guard(client, {
        service: name,
        place,
        clockRate,
        onExpired: () => sessions.forget(place, rolloutId),
      })
      clients.set(key, client)
      // They share one connection pool, so a forgotten one leaves nothing to close.
      if (clients.size > MOST_CLIENTS) clients.delete(clients.keys().next().value!)
      return client
    }

  return {
    sagemaker: at(kinds.sagemaker),
    runtime: at(kinds.runtime),
    cloudwatch: at(kinds.cloudwatch),
    s3: at(kinds.s3),
    ecr: at(kinds.ecr),
    autoscaling: at(kinds.autoscaling),
    quotas: at(kinds.quotas),
    sns: at(kinds.sns),
    sts,
    enter: async (place, rolloutId) => void (await sessions.providerFor(place, rolloutId)()),
  }
}

/** The SDK reads the process's own environment; another one must be read here. */
function environmentCredentials(env: NodeJS.ProcessEnv): CredentialProvider | undefined {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = env
  if (env === process.env || !AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return undefined
  return async () => ({
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
  })
}
