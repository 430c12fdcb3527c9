import { ApplicationFailure, CancelledFailure } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import type { Info } from '@temporalio/activity'
import type { Target } from '../rollout/target.ts'
import { account, bucket, image, region, role, startWorld } from '../sandbox/sagemaker/fixture.ts'
import { createAws } from './aws/clients.ts'
import { closedFailures } from './closed-failures.ts'
import { emptyCalendar, type Dependencies } from './dependencies.ts'
import { createEndpointActivities } from './endpoint/index.ts'
import { createTestingActivities } from './testing/index.ts'
import { createWatchingActivities } from './watching/index.ts'
import { createRecordActivities } from './record.ts'

/**
 * The sandbox's small world (endpoint `fraud` serves model `one` under `AllTraffic`), and the activities run against it over
 * HTTP as Temporal would run them: again and again while they fail retryably.
 */
export const target: Target = {
  key: `${account}/${region}/fraud`,
  account: 'prod',
  accountId: account,
  region,
  endpoint: 'fraud',
}
export const on = { rolloutId: 'fraud-38-abcdefgh', target }
export const place = { accountId: account, region }
export const packageArn = (version: number) =>
  `arn:aws:sagemaker:${region}:${account}:model-package/fraud/${version}`

const container = (artifact: string, Environment: Record<string, string> = {}) => ({
  Image: image,
  ModelDataUrl: `s3://${bucket}/${artifact}.tar.gz`,
  Environment,
})
const packaged = (...Containers: object[]) => ({
  account,
  region,
  ModelPackageGroupName: 'fraud',
  ModelApprovalStatus: 'Approved',
  InferenceSpecification: {
    Containers,
    SupportedContentTypes: ['text/csv'],
    SupportedResponseMIMETypes: ['text/csv'],
  },
})

export async function startActivities({
  seed = {},
  clockRate = 600,
  requestsPerSecond = 0,
  signingKey = 'key',
} = {}) {
  const world = await startWorld({
    clockRate,
    requestsPerSecond,
    seed: {
      modelPackageGroups: [{ account, region, name: 'fraud' }],
      // 1 answers 2 to everything, 2 fails every request, 3 has two containers.
      modelPackages: [
        packaged(container('two', { LEVEL: 'info' })),
        packaged(container('two', { SANDBOX_ERROR_RATE: '1' })),
        packaged(
          { ...container('one'), ContainerHostname: 'first' },
          { ...container('two'), ContainerHostname: 'second' },
        ),
      ],
      ...seed,
    },
  })
  const aws = createAws({
    clockRate,
    env: {
      AWS_ENDPOINT_URL: world.sandbox.url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: `AKIA${account}`,
      AWS_SECRET_ACCESS_KEY: 'any',
    },
  })
  const deps: Dependencies = {
    aws,
    clockRate,
    calendar: emptyCalendar,
    temporal: undefined as never,
    signingKey,
  }
  const activities = closedFailures({
    ...createEndpointActivities(deps),
    ...createWatchingActivities(deps),
    ...createTestingActivities(deps),
    ...createRecordActivities(deps),
  })
  const { faults, calls } = world.sandbox.world
  return {
    ...world,
    deps,
    activities,
    arm: faults.arm.bind(faults),
    control: (name: string, body: object) => control(world.sandbox.url, name, body),
    /** How often an operation was really carried out or refused, whatever came of it. */
    calls: (operation: string) => calls.list().filter((call) => call.operation === operation),
  }
}

async function control(url: string, name: string, body: object): Promise<void> {
  const response = await fetch(`${url}/_sandbox/control/${name}`, {
    method: 'POST',
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(await response.text())
}

/** One attempt, as the server would start it. */
export function attempt(info: Partial<Info> = {}): MockActivityEnvironment {
  return new MockActivityEnvironment(
    {
      scheduledTimestampMs: Date.now(),
      currentAttemptScheduledTimestampMs: Date.now(),
      startToCloseTimeoutMs: 30_000,
      ...info,
    },
    // What an activity logs of a failure, the failure says too.
    { logger: new DefaultLogger('ERROR', () => {}) },
  )
}

/** What an activity came to after how many attempts, and what each failed one said. */
export interface Driven<T> {
  readonly value: T
  readonly attempts: number
  readonly waits: readonly string[]
}

/** All attempts, with the delays and heartbeat details that the server would hand on; `age`: milliseconds of trying before. */
export async function drive<T>(work: () => Promise<T>, { most = 400, age = 0 } = {}): Promise<Driven<T>> {
  const scheduled = Date.now() - age
  const waits: string[] = []
  let heartbeatDetails: unknown
  for (let number = 1; ; number++) {
    const environment = attempt({ attempt: number, heartbeatDetails, scheduledTimestampMs: scheduled })
    environment.on('heartbeat', (details: unknown) => (heartbeatDetails = details))
    try {
      return { value: await environment.run(work), attempts: number, waits }
    } catch (error) {
      if (error instanceof CancelledFailure || !(error instanceof ApplicationFailure)) throw error
      if (error.nonRetryable || number >= most) throw error
      waits.push(`${error.type}: ${error.message}`)
      const delay = typeof error.nextRetryDelay === 'number' ? error.nextRetryDelay : 20
      await new Promise((resolve) => setTimeout(resolve, Math.min(delay, 100)))
    }
  }
}

/** The failure an activity ends with for good. */
export async function failureOf(work: () => Promise<unknown>): Promise<ApplicationFailure> {
  try {
    await drive(work)
  } catch (error) {
    if (error instanceof ApplicationFailure) return error
    throw error
  }
  throw new Error('did not fail')
}

export { account, bucket, image, region, role }
