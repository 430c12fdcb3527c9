import type { DocumentTarget } from '../document/targets.ts'
import { templateValues } from '../document/targets.ts'
import { expandTemplate } from '../document/templates.ts'
import type { ConfigRequest, TargetFacts, VariantRequest } from '../facts.ts'
import type { PlanContext } from './context.ts'
import { factsOf, isUnreadable, stableOf } from './context.ts'
import type { CandidateSpec } from './types.ts'

/** The request that stable's config was made from, or an empty one. */
export function stableConfig(facts: TargetFacts): ConfigRequest {
  return facts.config && !isUnreadable(facts.config) ? facts.config.request : { ProductionVariants: [] }
}

export function stableVariantRequest(facts: TargetFacts): VariantRequest | null {
  const stable = stableOf(facts)
  return stableConfig(facts).ProductionVariants.find((one) => one.VariantName === stable?.name) ?? null
}

const seconds = (milliseconds: number | undefined): number | undefined =>
  milliseconds === undefined ? undefined : Math.round(milliseconds / 1000)

const written = (members: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))

/** Stable's variant without what is its own (names, weight, count), with what the document says laid over it. */
function variantOf({ settings }: DocumentTarget, facts: TargetFacts): Readonly<Record<string, unknown>> {
  const {
    VariantName: _name,
    ModelName: _model,
    InitialInstanceCount: _count,
    InitialVariantWeight: _weight,
    ...kept
  } = stableVariantRequest(facts) ?? { VariantName: '' }
  return {
    ...kept,
    ...written({
      InstanceType: settings.instanceType,
      VolumeSizeInGB: settings.volumeSize,
      ContainerStartupHealthCheckTimeoutInSeconds: seconds(settings.startupTimeout),
      ModelDataDownloadTimeoutInSeconds: seconds(settings.downloadTimeout),
      RoutingConfig: settings.routing && { RoutingStrategy: settings.routing },
      InferenceAmiVersion: settings.amiVersion,
    }),
  }
}

function captureOf(context: PlanContext, own: DocumentTarget, before: unknown): unknown {
  const { dataCapture, kmsKeys } = own.settings
  const values = templateValues(context.document, own.target)
  const key = kmsKeys?.capture && { KmsKeyId: expandTemplate(kmsKeys.capture, values) }
  const old = typeof before === 'object' && before !== null ? before : undefined
  if (!dataCapture) return old && key ? { ...old, ...key } : before
  return {
    CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
    ...old,
    EnableCapture: dataCapture.percent > 0,
    InitialSamplingPercentage: dataCapture.percent,
    DestinationS3Uri: expandTemplate(dataCapture.destination, values),
    ...key,
  }
}

function configOf(context: PlanContext, own: DocumentTarget, facts: TargetFacts): CandidateSpec['config'] {
  const { ProductionVariants: _, ...kept } = stableConfig(facts)
  const volume = own.settings.kmsKeys?.volume
  return {
    ...kept,
    ...written({
      KmsKeyId: volume && expandTemplate(volume, templateValues(context.document, own.target)),
      DataCaptureConfig: captureOf(context, own, kept['DataCaptureConfig']),
    }),
  }
}

/** What the candidate is made of: every field of stable, and what the document says differently. */
export function planCandidate(context: PlanContext, own: DocumentTarget): CandidateSpec {
  const { document, rolloutId } = context
  const { settings, target } = own
  const facts = factsOf(context, target.key)
  const { stableModel } = facts
  const role =
    settings.executionRole && expandTemplate(settings.executionRole, templateValues(document, target))
  const vpc = settings.vpc ?? stableModel?.vpc
  const isolation = settings.networkIsolation ?? stableModel?.networkIsolation
  const invocation = settings.invocation ?? stableModel?.invocation
  return {
    instanceCount: settings.instanceCount ?? stableOf(facts)?.desiredCount ?? 1,
    variant: variantOf(own, facts),
    config: configOf(context, own, facts),
    model: {
      executionRole: role ?? stableModel?.executionRole ?? '',
      ...(vpc ? { vpc } : {}),
      ...(isolation === undefined ? {} : { networkIsolation: isolation }),
      ...(invocation === undefined ? {} : { invocation }),
      environment: settings.environment ?? {},
    },
    tags: {
      ...settings.tags,
      'sluice:rollout': rolloutId ?? 'preview',
      'sluice:endpoint': target.key,
      'sluice:name': document.name,
    },
  }
}
