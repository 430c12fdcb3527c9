import { businessAlarm, registryBucket, type WorldAccounts } from '../../examples/world.ts'

export interface DocumentOptions {
  readonly accounts: WorldAccounts
  readonly version?: number
  /** Laid over the document's own members. */
  readonly production?: Readonly<Record<string, unknown>>
  readonly [member: string]: unknown
}

/**
 * A written document over production's first two Regions (two waves of one), without staging and with everything short
 * enough for a clock rate of 150. Members given replace its own; `undefined` takes one away.
 */
export function twoRegions({
  accounts,
  version = 38,
  production = {},
  ...members
}: DocumentOptions): Record<string, unknown> {
  const document = {
    apiVersion: 'sluice/v1',
    kind: 'Rollout',
    name: 'fraud-scorer',
    model: {
      package: `arn:aws:sagemaker:eu-west-1:${accounts.registry}:model-package/fraud-scorer/${version}`,
    },
    accounts: {
      registry: { id: accounts.registry },
      staging: {
        id: accounts.staging,
        role: `arn:aws:iam::${accounts.staging}:role/sluice-deploy`,
        externalId: 'sluice-staging',
      },
      'prod-eu': { id: accounts.prodEu, role: `arn:aws:iam::${accounts.prodEu}:role/sluice-deploy` },
      'prod-world': { id: accounts.prodWorld, role: `arn:aws:iam::${accounts.prodWorld}:role/sluice-deploy` },
    },
    replicate: { artifacts: 's3://models-{account}-{region}/{group}/{version}/', images: 'copy' },
    endpoint: { name: 'fraud-scorer', executionRole: 'arn:aws:iam::{account}:role/model-execution' },
    production: {
      strategy: { canary: { percent: 10, bake: '4m' } },
      watch: {
        alarms: [{ metric: 'Invocation5XXErrors', stat: 'Average', above: 0.05, breaches: '1 of 1' }],
        pollEvery: '15s',
        settle: '1m',
        minInvocations: 100,
      },
      waves: [
        [{ account: 'prod-eu', region: 'eu-west-1' }],
        [{ account: 'prod-world', region: 'us-east-1' }],
      ],
      onFailure: 'rollback-all',
      keepPrevious: '1m',
      ...production,
    },
    ...members,
  }
  return JSON.parse(JSON.stringify(document)) as Record<string, unknown>
}

/** The same with a gate before production. */
export const approval = { required: 1, from: ['ml-leads'], expiresAfter: '24h' }

/** Staging with one test of each kind that needs no service of the team. */
export function staging(accounts: WorldAccounts, body: string): Record<string, unknown> {
  const bucket = registryBucket(accounts)
  return {
    target: {
      account: 'staging',
      region: 'eu-west-1',
      endpoint: { name: 'fraud-scorer-staging', instanceType: 'ml.m5.xlarge', instanceCount: 1 },
    },
    tests: [
      { name: 'smoke', invoke: { contentType: 'text/csv', body, expect: { matches: '^[01]' } } },
      {
        name: 'golden set',
        dataset: {
          input: `s3://${bucket}/fraud-scorer/golden.csv`,
          expected: `s3://${bucket}/fraud-scorer/golden.out`,
          tolerance: 0.01,
        },
      },
      {
        name: 'latency',
        load: {
          requestsPerSecond: 5,
          duration: '60s',
          contentType: 'text/csv',
          body,
          p90: '5s',
          maxErrorRate: 0,
        },
      },
    ],
    afterwards: 'delete',
  }
}

/** Watches the team's own alarm only, so that a test decides when and where it goes off. */
export const businessWatch = { alarms: [businessAlarm], pollEvery: '15s', settle: '1m', minInvocations: 100 }
