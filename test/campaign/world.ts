import type { WorldAccounts, WorldOptions } from '../../examples/world.ts'
import { packModel, readGolden } from '../../examples/model/pack.ts'
import { approval, businessWatch, staging, twoRegions } from '../support/documents.ts'
import type { DocumentMembers } from './scenario.ts'

/** What every point starts from: 37 serves, 38 is good, 39 answers with errors. */
export interface CampaignWorld {
  readonly options: WorldOptions
  document(accounts: WorldAccounts, members?: DocumentMembers): Record<string, unknown>
}

export async function loadWorld(): Promise<CampaignWorld> {
  const [artifact, whole] = await Promise.all([packModel('good'), readGolden()])
  const golden = { input: firstLines(whole.input, 8), expected: firstLines(whole.expected, 8) }
  const row = firstLines(golden.input, 1)
  return {
    options: {
      golden,
      requestsPerSecond: 10,
      versions: [
        { version: 37, artifact },
        { version: 38, artifact },
        { version: 39, artifact, environment: { SANDBOX_ERROR_RATE: '0.5' } },
      ],
    },
    document: (accounts, { production = {}, ...members } = {}) =>
      twoRegions({
        accounts,
        promote: { to: { account: 'prod-eu', region: 'eu-west-1', group: 'fraud-scorer-approved' } },
        staging: lightStaging(accounts, row),
        approval,
        record: { account: 'prod-eu', to: `s3://audit-${accounts.prodEu}/sluice/` },
        production: {
          watch: {
            ...businessWatch,
            // Of three targets, on a clock of 150: often enough to matter, seldom enough for many points at once.
            pollEvery: '45s',
            alarms: [
              ...businessWatch.alarms,
              { metric: 'Invocation5XXErrors', stat: 'Average', above: 0.05, breaches: '1 of 1' },
            ],
          },
          waves: [
            [{ account: 'prod-eu', region: 'eu-west-1' }],
            [
              { account: 'prod-world', region: 'us-east-1' },
              { account: 'prod-world', region: 'ap-southeast-2' },
            ],
          ],
          ...production,
        },
        ...members,
      }),
  }
}

function firstLines(text: string, count: number): string {
  return text.split('\n').slice(0, count).join('\n')
}

/** Without the load test, which makes hundreds of requests that are all the same to a crash. */
function lightStaging(accounts: WorldAccounts, row: string): Record<string, unknown> {
  const { tests, ...rest } = staging(accounts, row) as {
    readonly tests: readonly { readonly name: string }[]
  }
  return { ...rest, tests: tests.filter(({ name }) => name !== 'latency') }
}

/** Autoscaling on the first target, with a policy and a scheduled action: all of it must survive. */
export function autoscaling({ prodEu }: WorldAccounts): Record<string, unknown> {
  return {
    scalableTargets: [
      {
        account: prodEu,
        region: 'eu-west-1',
        ResourceId: 'endpoint/fraud-scorer/variant/AllTraffic',
        MinCapacity: 2,
        MaxCapacity: 6,
        policies: [
          {
            PolicyName: 'track',
            PolicyType: 'TargetTrackingScaling',
            TargetTrackingScalingPolicyConfiguration: {
              TargetValue: 100_000,
              PredefinedMetricSpecification: {
                PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance',
              },
            },
          },
        ],
        scheduledActions: [
          {
            ScheduledActionName: 'night',
            Schedule: 'cron(0 2 * * ? *)',
            ScalableTargetAction: { MinCapacity: 2, MaxCapacity: 4 },
          },
        ],
      },
    ],
  }
}
