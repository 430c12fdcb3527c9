import { canonicalJson } from '../document/canonical.ts'
import type { TargetFacts } from '../facts.ts'
import { stableOf } from './context.ts'
import { stableConfig, stableVariantRequest } from './candidate.ts'
import type { CandidateSpec } from './types.ts'

const words: Readonly<Record<string, string>> = {
  InstanceType: 'instance type',
  VolumeSizeInGB: 'volume (GiB)',
  ContainerStartupHealthCheckTimeoutInSeconds: 'startup timeout (s)',
  ModelDataDownloadTimeoutInSeconds: 'download timeout (s)',
  RoutingConfig: 'routing',
  InferenceAmiVersion: 'AMI version',
  KmsKeyId: 'volume key',
  DataCaptureConfig: 'data capture',
}

const show = (value: unknown): string => {
  if (value === undefined || value === '') return 'none'
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : canonicalJson(value)
  return text.length > 120 ? `${text.slice(0, 117)}…` : text
}

/** `instance type ml.m5.large → ml.m5.xlarge`: what will be different in one target, in words. */
export function differencesOf(
  facts: TargetFacts,
  candidate: CandidateSpec,
  version: number,
  writtenCount: number | undefined,
): readonly string[] {
  if (!facts.endpoint) return ['a new endpoint']
  const found: string[] = [`model ${facts.stableModel?.name ?? 'unknown'} → v${version}`]
  const compare = (
    before: Readonly<Record<string, unknown>>,
    after: Readonly<Record<string, unknown>>,
  ): void => {
    for (const key of Object.keys(after)) {
      if (canonicalJson(before[key] ?? null) !== canonicalJson(after[key] ?? null))
        found.push(`${words[key] ?? key} ${show(before[key])} → ${show(after[key])}`)
    }
  }
  compare(stableVariantRequest(facts) ?? {}, candidate.variant)
  compare(stableConfig(facts), candidate.config)
  const count = stableOf(facts)?.desiredCount
  if (writtenCount !== undefined && count !== undefined && writtenCount > count)
    found.push(`instances ${count} → ${writtenCount}`)
  const { stableModel } = facts
  if (stableModel) {
    const { executionRole, vpc, networkIsolation, invocation } = candidate.model
    compare(
      {
        'execution role': stableModel.executionRole,
        VPC: stableModel.vpc,
        'network isolation': stableModel.networkIsolation ?? false,
        invocation: stableModel.invocation,
      },
      {
        'execution role': executionRole,
        VPC: vpc,
        'network isolation': networkIsolation ?? false,
        invocation,
      },
    )
  }
  const variables = Object.keys(candidate.model.environment)
  if (variables.length > 0) found.push(`environment: ${variables.join(', ')} set`)
  return found
}
