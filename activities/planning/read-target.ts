import type { DocumentTarget } from '../../rollout/document/targets.ts'
import type { Document } from '../../rollout/document/types.ts'
import type { EndpointFacts, Facts, Holder, TargetFacts } from '../../rollout/facts.ts'
import { readConfig } from '../aws/read-config.ts'
import { readEndpoint } from '../aws/read-endpoint.ts'
import { readScaling } from '../aws/read-scaling.ts'
import { createDecisionActivities } from '../decisions.ts'
import { fail, isFailure } from '../failure.ts'
import { namedAlarms, readAlarms } from './read-alarms.ts'
import { readDestinations } from './read-destinations.ts'
import { readRemapped } from './read-images.ts'
import { readQuotas } from './read-quotas.ts'
import { readStableModel } from './read-stable-model.ts'
import { readTraffic } from './read-traffic.ts'
import { isUnreadable, onceIn, readable, required, type Reading } from './reading.ts'

const nothing = { scaling: [], alarms: {}, quotas: {}, repositories: {}, remapped: {} } as const

/** Everything about one endpoint, its account and its Region that the planner decides on. */
export async function readTarget(
  reading: Reading,
  document: Document,
  { target, settings, stage }: DocumentTarget,
  images: Facts['images'],
): Promise<TargetFacts> {
  const { key } = target
  // Not `readable`: a lock that could not be looked at must never count as free.
  const holder = await holderOf(reading, key)
  const held = holder ? { holder } : {}
  try {
    await required(readable(reading, async () => (await reading.aws.enter(target, reading.session), null)))
    const sagemaker = reading.aws.sagemaker(target, reading.session)
    const endpoint = await required(
      readable(reading, () => readEndpoint(sagemaker, target.endpoint, { tags: true })),
    )
    const cloudwatch = reading.aws.cloudwatch(target, reading.session)
    const [onEndpoint, alarms, destinations, remapped] = await Promise.all([
      endpoint ? readOnEndpoint(reading, target, endpoint) : { scaling: [] },
      required(
        readable(reading, () =>
          readAlarms(cloudwatch, stage === 'production' ? namedAlarms(document) : [], target.endpoint),
        ),
      ),
      onceIn(reading, target, 'destinations', () => readDestinations(reading, document, target, images)),
      onceIn(reading, target, 'images of AWS', () => readRemapped(reading, target, images)),
    ])
    const types = new Set(
      [...typesOf(onEndpoint), settings.instanceType].filter((type) => type !== undefined),
    )
    const quotas = await readQuotas(reading, target, [...types])
    return {
      key,
      ...(endpoint && { endpoint }),
      ...onEndpoint,
      alarms,
      ...destinations,
      remapped,
      quotas,
      ...held,
    }
  } catch (error) {
    if (!isFailure(error, 'Denied')) throw error
    return { key, denied: error.message, ...nothing, ...held }
  }
}

type OnEndpointFacts = Pick<TargetFacts, 'config' | 'stableModel' | 'traffic' | 'scaling'>

async function readOnEndpoint(
  reading: Reading,
  target: DocumentTarget['target'],
  endpoint: EndpointFacts,
): Promise<OnEndpointFacts> {
  const { aws, session, clockRate } = reading
  const live = endpoint.variants.filter(({ desiredWeight }) => desiredWeight > 0)
  // Without exactly one live variant there is no stable, and the planner says so.
  const stable = live.length === 1 ? live[0] : undefined
  const variants = endpoint.variants.map(({ name }) => name)
  const [config, scaling, traffic] = await Promise.all([
    readable(reading, async () => {
      const found = await readConfig(aws.sagemaker(target, session), endpoint.configName)
      if (found) return found
      throw fail(
        'NotFound',
        `config ${endpoint.configName} does not exist any more, though the endpoint uses it`,
      )
    }),
    required(readable(reading, () => readScaling(aws.autoscaling(target, session), endpoint.name, variants))),
    stable &&
      readable(reading, () =>
        readTraffic(
          aws.cloudwatch(target, session),
          { endpoint: endpoint.name, variant: stable.name, createdAt: endpoint.createdAt },
          clockRate,
        ),
      ),
  ])
  const model = modelOf(config, stable?.name)
  const stableModel = model && stable && (await readStableModel(reading, target, model, stable))
  return {
    config,
    scaling,
    ...(stableModel && { stableModel }),
    ...(traffic && !isUnreadable(traffic) && { traffic }),
  }
}

function modelOf(config: TargetFacts['config'], variant: string | undefined): string | undefined {
  if (!config || isUnreadable(config)) return undefined
  return config.request.ProductionVariants.find(({ VariantName }) => VariantName === variant)?.ModelName
}

function typesOf({ config }: OnEndpointFacts): (string | undefined)[] {
  if (!config || isUnreadable(config)) return []
  return config.request.ProductionVariants.map(({ InstanceType }) => InstanceType)
}

function holderOf({ temporal }: Reading, key: string): Promise<Holder | null> {
  return createDecisionActivities({ temporal }).findHolder({ key })
}
