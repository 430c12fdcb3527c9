import type { Outcome } from '../../rollout/phases.ts'
import type { Standing } from './endpoints.ts'

/** How things must be after one rollout of the story. */
export interface Expected {
  readonly outcome: Outcome
  /** The version of the model that must serve everywhere. */
  readonly version: number
  /** The version of which nothing may be left. */
  readonly gone?: number
  /** What the good model answers to the row that is asked; within a hundredth. */
  readonly answer: number
}

/** What is not as it must be, a sentence each; nothing is good. Pure. */
export function findDifferences(
  expected: Expected,
  outcome: Outcome | undefined,
  standings: readonly Standing[],
): readonly string[] {
  const wrongOutcome =
    outcome === expected.outcome ? [] : [`it ended ${outcome ?? 'not at all'}, not ${expected.outcome}`]
  return [...wrongOutcome, ...standings.flatMap((standing) => differencesAt(expected, standing))]
}

function differencesAt(expected: Expected, standing: Standing): readonly string[] {
  const { place, status, variants, artifact, resources, answer } = standing
  const at = `${place.accountId}/${place.region}/${place.endpoint}`
  const differences: string[] = []
  if (status !== 'InService') differences.push(`is ${status}, not InService`)
  const [variant, ...others] = variants
  if (variant?.name !== 'AllTraffic' || others.length > 0) {
    differences.push(`has the variants ${variants.map(({ name }) => name).join(', ')}, not AllTraffic alone`)
  }
  if (!((variant?.weight ?? 0) > 0)) differences.push('has no traffic on AllTraffic')
  if (!artifact.includes(`/${expected.version}/`)) {
    differences.push(`serves ${artifact}, which is not version ${expected.version}`)
  }
  if (!(Math.abs(Number(answer) - expected.answer) < 0.01)) {
    differences.push(`answers ${answer}, not about ${expected.answer}`)
  }
  const left = resources.filter((name) => expected.gone !== undefined && name.includes(`-v${expected.gone}-`))
  if (left.length > 0) differences.push(`still has ${left.join(', ')}`)
  return differences.map((difference) => `${at} ${difference}`)
}
