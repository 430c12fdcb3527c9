import { Context } from '@temporalio/activity'
import { DescribeModelCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker'
import type { EndpointFacts } from '../../rollout/facts.ts'
import type { Measurement } from '../../rollout/view.ts'
import type { Activities } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { readConfig } from '../aws/read-config.ts'
import { readEndpoint } from '../aws/read-endpoint.ts'
import { fail } from '../failure.ts'
import { conflict } from './standing.ts'
import { type Answer, inferenceId, invoke } from './invoke.ts'

type Input = Parameters<Activities['smokeTest']>[0]

/** A variant that just came into service may be unknown to the runtime for a moment. */
const tries = 6
const pauseMs = 1_500
/** Attempts of the activity after which an endpoint that answers nothing at all counts as unhealthy. */
const patience = 5

/**
 * Asks the candidate alone. Where the document gives nothing to send, only its instances are looked at, and the
 * measurement says so. Throws Unhealthy.
 */
export async function smokeTest(
  deps: Dependencies,
  input: Input,
): Promise<{ readonly measurements: readonly Measurement[] }> {
  const { target, variant, rolloutId } = input
  const sagemaker = deps.aws.sagemaker(target, rolloutId)
  const endpoint = await readEndpoint(sagemaker, target.endpoint)
  if (!endpoint) throw conflict(`endpoint ${target.key} does not exist any more`)
  const instances = instancesOf(input, endpoint)
  if (!input.invoke) return { measurements: [instances] }
  const containers = await directContainers(sagemaker, endpoint, variant)
  const latencies: Measurement[] = []
  for (const [index, container] of (containers.length > 0 ? containers : [undefined]).entries()) {
    const answer = await ask(deps, input, container, index)
    if (answer.variant !== undefined && answer.variant !== variant) {
      throw fail('Unhealthy', `${target.key}: variant ${variant} was asked and ${answer.variant} answered`)
    }
    latencies.push({
      step: 0,
      target: target.key,
      name: `smoke test${container ? ` of ${container}` : ''}: latency (client)`,
      value: answer.milliseconds,
      unit: 'ms',
      passed: true,
      samples: 1,
    })
  }
  return { measurements: [instances, ...latencies] }
}

function instancesOf({ target, variant, invoke: given }: Input, endpoint: EndpointFacts): Measurement {
  const found = endpoint.variants.find((one) => one.name === variant)
  if (!found) throw conflict(`endpoint ${target.key} has no variant ${variant}`)
  if (found.currentCount < 1)
    throw fail('Unhealthy', `${target.key}: variant ${variant} has no instance in service`)
  return {
    step: 0,
    target: target.key,
    name: given
      ? 'smoke test: instances in service'
      : 'smoke test: instances in service (nothing to send: the document has no `invoke` test)',
    value: found.currentCount,
    unit: 'count',
    passed: true,
  }
}

async function ask(deps: Dependencies, input: Input, container: string | undefined, index: number) {
  const { target, variant, rolloutId } = input
  const runtime = deps.aws.runtime(target, rolloutId)
  let answer: Answer | undefined
  for (let number = 1; number <= tries; number++) {
    answer = await invoke(runtime, {
      endpoint: target.endpoint,
      contentType: input.invoke!.contentType,
      body: input.invoke!.body,
      variant,
      container,
      inferenceId: inferenceId(rolloutId, `smoke-${index + 1}-${number}`),
    })
    if (answer.ok) return answer
    // An answer of the container itself will be the same next time.
    if (answer.status !== 400 || answer.body) break
    await Context.current().sleep(pauseMs / deps.clockRate)
  }
  const { status = 0, error = '' } = answer ?? {}
  const what = `${target.key}: variant ${variant}${container ? ` (container ${container})` : ''} answered a smoke test with`
  const silent = status === 0 || status === 429 || status === 500 || status === 503 || status === 530
  if (silent && !answer?.body && Context.current().info.attempt < patience) {
    throw fail('Transient', `${what} ${status || 'nothing'}: ${error}`)
  }
  throw fail('Unhealthy', `${what} ${status || 'nothing'}: ${error}`)
}

/** Hostnames of the variant's containers, when they are invoked directly and not in series. */
async function directContainers(
  sagemaker: SageMakerClient,
  endpoint: EndpointFacts,
  variant: string,
): Promise<readonly string[]> {
  const config = await readConfig(sagemaker, endpoint.configName)
  const found = config?.request.ProductionVariants.find((one) => one.VariantName === variant)
  if (!found?.ModelName) return []
  const model = await sagemaker.send(new DescribeModelCommand({ ModelName: found.ModelName }))
  if (model.InferenceExecutionConfig?.Mode !== 'Direct') return []
  return (model.Containers ?? []).flatMap(({ ContainerHostname }) => ContainerHostname ?? [])
}
