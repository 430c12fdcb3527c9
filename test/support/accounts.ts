import { MockActivityEnvironment } from '@temporalio/testing'
import { createAws, type Aws } from '../../activities/aws/clients.ts'
import type { Place } from '../../rollout/target.ts'
import type { Seed } from '../../sandbox/core/seed.ts'
import { startSandbox, type Sandbox } from '../../sandbox/start.ts'

export const worker = '999999999999'
export const registryId = '111111111111'
export const prodId = '333333333333'

const deployRole = (id: string) => `arn:aws:iam::${id}:role/sluice-deploy`

/** Where the model packages are. */
export const registry: Place = { accountId: registryId, region: 'eu-west-1', role: deployRole(registryId) }

/** A production account in another Region. */
export const prod: Place = { accountId: prodId, region: 'us-east-1', role: deployRole(prodId) }

/** Simulated accounts with clients for them. */
export interface Accounts {
  readonly sandbox: Sandbox
  readonly aws: Aws
  close(): Promise<void>
}

/** A sandbox with a registry and a production account, whose roles trust the worker's account. */
export async function startAccounts(seed: Seed = {}, { clockRate = 60 } = {}): Promise<Accounts> {
  const { roles = [], ...rest } = seed as { roles?: readonly unknown[] }
  const sandbox = await startSandbox({
    clockRate,
    seed: {
      roles: [
        { arn: deployRole(registryId), trusts: [worker] },
        { arn: deployRole(prodId), trusts: [worker] },
        ...roles,
      ],
      ...rest,
    },
  })
  const aws = createAws({
    clockRate,
    env: {
      AWS_ENDPOINT_URL: sandbox.url,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: `AKIA${worker}`,
      AWS_SECRET_ACCESS_KEY: 'x',
    },
  })
  return { sandbox, aws, close: () => sandbox.close() }
}

/** An activity's context as a worker gives it, quiet, with a fresh schedule time. */
export function activityContext(
  info: { readonly attempt?: number; readonly heartbeatDetails?: unknown } = {},
) {
  const now = Date.now()
  return new MockActivityEnvironment(
    {
      scheduledTimestampMs: now,
      currentAttemptScheduledTimestampMs: now,
      startToCloseTimeoutMs: 60_000,
      ...info,
    },
    { logger: quiet },
  )
}

const nothing = () => {}
const quiet = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing }

/** What a promise failed with; fails the test when it did not. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  const outcome = await work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if ('error' in outcome) return outcome.error
  throw new Error(`expected a failure, found ${JSON.stringify(outcome.value)}`)
}
