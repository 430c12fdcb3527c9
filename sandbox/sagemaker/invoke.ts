import { AwsError, type Operation, type World } from '../core/types.ts'
import { behaviourAt } from '../serving/behaviour.ts'
import type { ContainerAnswer, ContainerRequest } from '../serving/container.ts'
import { createLottery, mixSeeds, normalQuantile } from '../serving/lottery.ts'
import { isServing } from './endpoint-status.ts'
import { trafficOf } from './endpoint-traffic.ts'
import { countInvocation } from './metrics.ts'
import { sageMakerSettings } from './settings.ts'
import { sageMakerState, type Endpoint, type SageMakerState, type Variant } from './state.ts'

const LONGEST_BODY = 6_291_456
const LONGEST_ANSWER_MS = 60_000
const OVERHEAD_MS = 1.5
const P99 = normalQuantile(0.99)

const refused = (message: string) => new AwsError('ValidationError', message)

/** Picks a variant by the weights that hold now; repeatable for the endpoint's seed and count of invocations. */
const route = (endpoint: Endpoint, chance: number): Variant => {
  const total = endpoint.variants.reduce((sum, variant) => sum + variant.currentWeight, 0)
  let left = chance * total
  for (const variant of endpoint.variants) {
    left -= variant.currentWeight
    if (left < 0 && variant.currentWeight > 0) return variant
  }
  throw refused(`No variant of endpoint ${endpoint.name} takes traffic: the sum of the weights is 0.`)
}

const containersFor = (variant: Variant, hostname: string | undefined) => {
  if (variant.mode === 'Direct') {
    if (hostname === undefined)
      throw refused('TargetContainerHostname is required for an endpoint in Direct invocation mode.')
    const target = variant.containers.find((container) => container.hostname === hostname)
    if (!target)
      throw refused(
        `TargetContainerHostname ${hostname} is not the hostname of a container of variant ${variant.name}.`,
      )
    return [target]
  }
  if (hostname !== undefined)
    throw refused('TargetContainerHostname is not supported for an endpoint in Serial invocation mode.')
  return variant.containers
}

const latencyOf = (world: World, variant: Variant, random: number) => {
  const ageMs = (world.clock.now() - variant.startedAt) * world.clock.rate
  const { latencyMs, latencyP99Ms, errorRate } = behaviourAt(variant.behaviour, ageMs)
  const sigma = Math.log(Math.max(latencyP99Ms, 0.001) / Math.max(latencyMs, 0.001)) / P99
  return {
    errorRate,
    ms: latencyMs * Math.exp(sigma * normalQuantile(Math.min(1 - 1e-9, Math.max(1e-9, random)))),
  }
}

const answerOf = async (
  variant: Variant,
  hostname: string | undefined,
  request: ContainerRequest,
): Promise<ContainerAnswer> => {
  let next = request
  let answer: ContainerAnswer | undefined
  for (const { container } of containersFor(variant, hostname)) {
    answer = await container.invoke(next)
    if (answer.status >= 400) return answer
    next = { ...request, body: answer.body, contentType: answer.contentType }
  }
  return answer ?? { status: 200, body: request.body, contentType: request.contentType }
}

const modelError = (state: SageMakerState, endpoint: Endpoint, status: number, message: string): AwsError => {
  const log = `https://${state.region}.console.aws.amazon.com/cloudwatch/home?region=${state.region}#logEventViewer:group=/aws/sagemaker/Endpoints/${endpoint.name}`
  const kind = status >= 500 ? 'server' : 'client'
  return new AwsError(
    'ModelError',
    `Received ${kind} error (${status}) from primary with message "${message}". See ${log} in account ${state.accountId} for more information.`,
    424,
    {
      OriginalStatusCode: status,
      OriginalMessage: message,
      LogStreamArn: `arn:aws:logs:${state.region}:${state.accountId}:log-group:/aws/sagemaker/Endpoints/${endpoint.name}`,
    },
  )
}

const TIMED_OUT =
  'Your invocation timed out while waiting for a response from container primary. Review the latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again.'

/**
 * Answers what the variant's containers compute. Latencies are real milliseconds whatever the clock rate: callers
 * measure them with their own watch. Every invocation that reaches a variant counts in its metrics.
 */
export const invokeEndpoint: Operation = async ({ world, accountId, region }, input) => {
  const state = sageMakerState(world, accountId, region)
  const endpoint = state.endpoints.get(input.EndpointName)
  if (!endpoint || !isServing(endpoint))
    throw refused(`Endpoint ${input.EndpointName} of account ${accountId} not found.`)
  const body: Buffer = input.Body ?? Buffer.alloc(0)
  if (body.length > LONGEST_BODY)
    throw refused(`Request body is ${body.length} bytes; the most is ${LONGEST_BODY}.`)
  const lottery = createLottery(mixSeeds(trafficOf(world, state, endpoint.name).seed, endpoint.invocations++))
  const wanted: string | undefined = input.TargetVariant
  const variant =
    wanted === undefined
      ? route(endpoint, lottery.next())
      : endpoint.variants.find(({ name }) => name === wanted)
  if (!variant)
    throw refused(`Variant ${wanted} of endpoint ${endpoint.name} of account ${accountId} not found.`)
  const { errorRate, ms } = latencyOf(world, variant, lottery.next())
  const fails = lottery.next() < errorRate
  const began = performance.now()
  const answer = fails
    ? { status: 500, body: Buffer.from('Internal Server Error'), contentType: 'text/plain' }
    : await answerOf(variant, input.TargetContainerHostname, {
        body,
        contentType: input.ContentType ?? 'application/octet-stream',
        accept: input.Accept,
        customAttributes: input.CustomAttributes,
      })
  const tookMs = Math.max(ms, performance.now() - began)
  const rest = Math.min(ms, LONGEST_ANSWER_MS) - (performance.now() - began)
  if (sageMakerSettings(world).realLatency && rest > 0.5)
    await new Promise((resolve) => setTimeout(resolve, rest))
  const timedOut = tookMs > LONGEST_ANSWER_MS
  countInvocation(world, state, endpoint.name, variant, {
    status: timedOut ? 500 : answer.status,
    modelMs: tookMs,
    overheadMs: OVERHEAD_MS,
  })
  if (timedOut) throw modelError(state, endpoint, 0, TIMED_OUT)
  if (answer.status >= 400) throw modelError(state, endpoint, answer.status, answer.body.toString('utf8'))
  return {
    Body: answer.body,
    ContentType: answer.contentType,
    InvokedProductionVariant: variant.name,
    CustomAttributes: input.CustomAttributes,
  }
}
