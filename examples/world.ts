/**
 * The simulated AWS that the demo, `sluice up` and the tests start from: a registry account with versions of one model,
 * a staging account, and production endpoints in three Regions of two accounts that serve version 37 already. Plain
 * data: a seed as `docs/sandbox.md` describes it.
 */
export interface WorldAccounts {
  readonly registry: string
  readonly staging: string
  readonly prodEu: string
  readonly prodWorld: string
}

/** One version of the model as the world knows it: its artifact and how its container behaves. */
export interface WorldVersion {
  readonly version: number
  /** model.tar.gz */
  readonly artifact: Uint8Array
  /** Container environment; `SANDBOX_…` variables make it misbehave. */
  readonly environment?: Readonly<Record<string, string>>
}

export interface WorldOptions {
  readonly accounts?: WorldAccounts
  /** Ascending; the first one serves in production. Version numbers that are skipped are filled with copies of the first. */
  readonly versions: readonly WorldVersion[]
  readonly golden?: { readonly input: string; readonly expected: string }
  /** Requests per second of each production endpoint. */
  readonly requestsPerSecond?: number
  /** Names of production endpoints; default `fraud-scorer`. */
  readonly endpoint?: string
  /** How long SageMaker takes for things, sandbox milliseconds; see `SageMakerSettings` of the sandbox. */
  readonly sagemaker?: Readonly<Record<string, unknown>>
}

export const defaultAccounts: WorldAccounts = {
  registry: '111111111111',
  staging: '222222222222',
  prodEu: '333333333333',
  prodWorld: '444444444444',
}

const group = 'fraud-scorer'

/** The team's own alarm, on `Fraud/ChargebackRate`, in every production Region. */
export const businessAlarm = 'fraud-scorer-business'
const home = 'eu-west-1'

/** Where the model is served in production, in the order of the waves. */
export function productionPlaces(
  accounts: WorldAccounts,
): readonly { readonly account: string; readonly region: string }[] {
  return [
    { account: accounts.prodEu, region: 'eu-west-1' },
    { account: accounts.prodWorld, region: 'us-east-1' },
    { account: accounts.prodWorld, region: 'ap-southeast-2' },
  ]
}

/** Key of a version's artifact in the registry's bucket. */
export function artifactKey(version: number): string {
  return `${group}/${version}/model.tar.gz`
}

export function registryBucket(accounts: WorldAccounts = defaultAccounts): string {
  return `models-${accounts.registry}-${home}`
}

export function imageOf(
  accounts: WorldAccounts = defaultAccounts,
  region = home,
  account = accounts.registry,
): string {
  return `${account}.dkr.ecr.${region}.amazonaws.com/${group}:serve`
}

/** The seed of the world. */
export function exampleWorld(options: WorldOptions): Record<string, unknown> {
  const {
    accounts = defaultAccounts,
    versions,
    golden,
    requestsPerSecond = 40,
    endpoint = group,
    sagemaker,
  } = options
  const places = productionPlaces(accounts)
  const everywhere = [{ account: accounts.staging, region: home }, ...places]
  const others = [accounts.staging, accounts.prodEu, accounts.prodWorld]
  const [stable] = versions
  if (!stable) throw new RangeError('versions: needs at least the one that serves in production')
  const layers = [{ text: 'python 3.12' }, { text: 'linear model server 1.0' }]
  return {
    ...(sagemaker ? { sagemaker } : {}),
    roles: Object.values(accounts).flatMap((account) => [
      {
        account,
        name: 'sluice-deploy',
        trusts: [accounts.registry],
        ...(account === accounts.staging ? { externalId: 'sluice-staging' } : {}),
      },
      { account, name: 'model-execution', trusts: ['sagemaker.amazonaws.com'] },
    ]),
    buckets: [
      {
        name: registryBucket(accounts),
        account: accounts.registry,
        region: home,
        versioning: true,
        readers: others,
        objects: [
          ...versions.map(({ version, artifact }) => ({ key: artifactKey(version), bytes: artifact })),
          ...(golden
            ? [
                { key: `${group}/golden.csv`, text: golden.input },
                { key: `${group}/golden.out`, text: golden.expected },
              ]
            : []),
        ],
      },
      ...everywhere.map(({ account, region }) => ({
        name: `models-${account}-${region}`,
        account,
        region,
        objects: [{ key: 'stable/model.tar.gz', bytes: stable.artifact }],
      })),
      { name: `audit-${accounts.prodEu}`, account: accounts.prodEu, region: home },
    ],
    repositories: [
      {
        name: group,
        account: accounts.registry,
        region: home,
        pullers: others,
        images: [{ tags: ['serve'], layers }],
      },
      ...places.map(({ account, region }) => ({
        name: `${group}-stable`,
        account,
        region,
        images: [{ tags: ['v37'], layers }],
      })),
    ],
    modelPackageGroups: [
      { account: accounts.registry, region: home, name: group },
      { account: accounts.prodEu, region: home, name: `${group}-approved` },
    ],
    modelPackages: fill(versions).map(({ version, environment }) => ({
      account: accounts.registry,
      region: home,
      ModelPackageGroupName: group,
      ModelPackageDescription: `${group} ${version}`,
      ModelApprovalStatus: 'Approved',
      InferenceSpecification: {
        Containers: [
          {
            Image: imageOf(accounts),
            ModelDataUrl: `s3://${registryBucket(accounts)}/${artifactKey(version)}`,
            ...(environment ? { Environment: environment } : {}),
          },
        ],
        SupportedContentTypes: ['text/csv'],
        SupportedResponseMIMETypes: ['text/csv'],
      },
    })),
    models: places.map(({ account, region }) => ({
      account,
      region,
      ModelName: `${group}-v37`,
      ExecutionRoleArn: `arn:aws:iam::${account}:role/model-execution`,
      PrimaryContainer: {
        Image: `${account}.dkr.ecr.${region}.amazonaws.com/${group}-stable:v37`,
        ModelDataUrl: `s3://models-${account}-${region}/stable/model.tar.gz`,
      },
    })),
    endpointConfigs: places.map(({ account, region }) => ({
      account,
      region,
      EndpointConfigName: `${group}-v37`,
      ProductionVariants: [
        {
          VariantName: 'AllTraffic',
          ModelName: `${group}-v37`,
          InstanceType: 'ml.m5.xlarge',
          InitialInstanceCount: 2,
          InitialVariantWeight: 1,
        },
      ],
    })),
    // The team's own alarm on what the business sees; nothing of it is pinned to a variant.
    alarms: places.map(({ account, region }) => ({
      account,
      region,
      AlarmName: businessAlarm,
      Namespace: 'Fraud',
      MetricName: 'ChargebackRate',
      Statistic: 'Average',
      Period: 60,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0.5,
      TreatMissingData: 'notBreaching',
      state: 'OK',
    })),
    endpoints: places.map(({ account, region }) => ({
      account,
      region,
      name: endpoint,
      config: `${group}-v37`,
      traffic: { requestsPerSecond, history: true },
    })),
  }
}

/** Package versions count from 1 without gaps. */
function fill(versions: readonly WorldVersion[]): readonly WorldVersion[] {
  const last = versions.at(-1)?.version ?? 0
  const byNumber = new Map(versions.map((version) => [version.version, version]))
  let latest = versions[0]
  return Array.from({ length: last }, (_, index) => {
    const found = byNumber.get(index + 1)
    if (found) latest = found
    return { ...(latest as WorldVersion), version: index + 1, ...(found ?? { environment: {} }) }
  })
}
