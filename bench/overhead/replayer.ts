import * as autoscaling from '@aws-sdk/client-application-auto-scaling'
import * as cloudwatch from '@aws-sdk/client-cloudwatch'
import * as ecr from '@aws-sdk/client-ecr'
import * as s3 from '@aws-sdk/client-s3'
import * as sagemaker from '@aws-sdk/client-sagemaker'
import * as runtime from '@aws-sdk/client-sagemaker-runtime'
import * as quotas from '@aws-sdk/client-service-quotas'
import * as sts from '@aws-sdk/client-sts'
import { handedBy, readCalls } from './recorded-call.ts'
import { covered, scriptOf, type Interval, type Step } from './script.ts'

/** The plain script: a process that does what a recorded rollout did, and nothing else. */
export interface ReplayJob {
  readonly file: string
  readonly endpoint: string
  /** How often it looks at an endpoint that moves, milliseconds; as the rollout does. */
  readonly pollEveryMs: number
}

export interface Replayed {
  readonly totalMs: number
  readonly callsMs: number
  readonly waitsMs: number
}

interface Client {
  send(command: unknown): Promise<unknown>
}
type Module = Record<string, new (input: object) => object>

const services: Readonly<Record<string, readonly [unknown, string]>> = {
  'Application Auto Scaling': [autoscaling, 'ApplicationAutoScalingClient'],
  CloudWatch: [cloudwatch, 'CloudWatchClient'],
  ECR: [ecr, 'ECRClient'],
  S3: [s3, 'S3Client'],
  SageMaker: [sagemaker, 'SageMakerClient'],
  'SageMaker Runtime': [runtime, 'SageMakerRuntimeClient'],
  'Service Quotas': [quotas, 'ServiceQuotasClient'],
  STS: [sts, 'STSClient'],
}

/** A name that is not known everywhere yet is asked for again so soon, and so often. */
const againMs = 250
const mostTries = 60

// As a worker's, sessions and clients of one job serve the next.
/** What the recording's answers named → what it is here. */
const names = new Map<string, string>()
const secrets = new Map<string, { secretAccessKey: string; sessionToken?: string }>()
const clients = new Map<string, Client>()

async function replay({ file, endpoint, pollEveryMs }: ReplayJob): Promise<Replayed> {
  const steps = scriptOf(await readCalls(file))
  const clientFor = ({ service, region, key }: Step['call']): Client => {
    const accessKeyId = names.get(key) ?? key
    const id = `${service} ${region} ${accessKeyId}`
    const [module, name] = services[service] ?? []
    const known = clients.get(id)
    if (known) return known
    const credentials = { accessKeyId, secretAccessKey: 'any', ...secrets.get(accessKeyId) }
    const Made = (module as Module)[name ?? '']
    if (!Made) throw new Error(`no client for ${service}`)
    const made = new Made({ region, endpoint, credentials, maxAttempts: 2, forcePathStyle: true }) as Client
    clients.set(id, made)
    return made
  }

  /** Names stand alone or inside of others, as the version in the source of a copy does. */
  const translate = (value: string): string =>
    [...names].reduce((text, [there, here]) => text.replaceAll(there, here), value)

  const send = async ({ call }: Step): Promise<unknown> => {
    const Made = (services[call.service]?.[0] as Module | undefined)?.[call.command]
    if (!Made) throw new Error(`no ${call.command} in ${call.service}`)
    const input = Object.fromEntries(
      Object.entries(call.input).map(([name, value]) => [
        name,
        typeof value === 'string' ? translate(value) : value,
      ]),
    )
    const answer = await clientFor(call).send(new Made(input))
    for (const [name, value] of Object.entries(handedBy(answer))) {
      const before = call.handed[name]
      if (before !== undefined && before !== value) names.set(before, value)
    }
    const { Credentials: granted, Body: body, downloadUrl } = answer as Record<string, never>
    if (granted)
      secrets.set(granted['AccessKeyId'], {
        secretAccessKey: granted['SecretAccessKey'],
        sessionToken: granted['SessionToken'],
      })
    if (call.command === 'GetObjectCommand')
      await (body as unknown as { transformToByteArray(): Promise<unknown> }).transformToByteArray()
    if (downloadUrl) await (await fetch(downloadUrl)).arrayBuffer()
    return answer
  }

  const perform = async (step: Step): Promise<void> => {
    if (step.kind === 'wait') {
      for (;;) {
        const { EndpointStatus } = (await send(step)) as { EndpointStatus?: string }
        if (!/(Creating|Updating|Deleting|RollingBack)$/.test(EndpointStatus ?? '')) return
        await pause(pollEveryMs)
      }
    }
    for (let tries = 1; ; tries++) {
      try {
        await send(step)
        return
      } catch (error) {
        if (!step.call.succeeded) return
        if (tries === mostTries) {
          throw new Error(`${step.call.command} ${JSON.stringify(step.call.input)}`, { cause: error })
        }
        await pause(againMs)
      }
    }
  }

  const began = performance.now()
  const intervals: (Interval & { readonly kind: Step['kind'] })[] = []
  const done: Promise<void>[] = []
  for (const step of steps) {
    const before = step.after.flatMap((index) => done[index] ?? [])
    done.push(
      Promise.all(before).then(async () => {
        const start = performance.now()
        await perform(step)
        intervals.push({ kind: step.kind, start, end: performance.now() })
      }),
    )
  }
  await Promise.all(done)
  const calls = intervals.filter(({ kind }) => kind === 'call')
  return {
    totalMs: performance.now() - began,
    callsMs: covered(calls),
    waitsMs: covered(
      intervals.filter(({ kind }) => kind === 'wait'),
      calls,
    ),
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

process.on('message', (job: ReplayJob) => {
  replay(job).then(
    (replayed) => process.send?.(replayed),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
      process.exit(1)
    },
  )
})
process.once('disconnect', () => process.exit(0))
