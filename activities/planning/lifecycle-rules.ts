/** What Sluice needs of one rule of an ECR lifecycle policy. */
interface Rule {
  readonly rulePriority: number
  readonly action?: { readonly type?: string }
  readonly selection: {
    readonly tagStatus: 'tagged' | 'untagged' | 'any'
    readonly tagPrefixList?: readonly string[]
    readonly tagPatternList?: readonly string[]
    readonly countType: string
    readonly countNumber: number
    readonly countUnit?: string
  }
}

/**
 * Says in words which rule would expire an image that carries only this tag; undefined when none does. The rule of the
 * lowest priority number that selects an image decides. Children of an index stay as long as the index.
 * Source: "Lifecycle policy properties in Amazon ECR".
 */
export function expiringRule(policyText: string, tag: string): string | undefined {
  const { rules = [] } = JSON.parse(policyText) as { rules?: readonly Rule[] }
  const rule = [...rules]
    .sort((one, other) => one.rulePriority - other.rulePriority)
    .find(({ selection }) => selects(selection, tag))
  if (!rule || (rule.action?.type ?? 'expire') !== 'expire') return undefined
  const { countType, countNumber, countUnit = 'days', tagStatus } = rule.selection
  const which = tagStatus === 'any' ? 'any image' : `images tagged like ${tag}`
  const when =
    countType === 'imageCountMoreThan'
      ? `beyond the newest ${countNumber}`
      : `${countNumber} ${countUnit} after ${countType === 'sinceImagePulled' ? 'the last pull' : 'the push'}`
  return `rule ${rule.rulePriority} expires ${which} ${when}`
}

/** Several prefixes or patterns select only images that have a tag for each. */
function selects(
  { tagStatus, tagPrefixList = [], tagPatternList = [] }: Rule['selection'],
  tag: string,
): boolean {
  if (tagStatus === 'any') return true
  if (tagStatus === 'untagged') return false
  const patterns = [...tagPrefixList.map((prefix) => `${prefix}*`), ...tagPatternList]
  return patterns.length > 0 && patterns.every((pattern) => matches(pattern, tag))
}

function matches(pattern: string, tag: string): boolean {
  const source = pattern
    .split('*')
    .map((text) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*')
  return new RegExp(`^${source}$`).test(tag)
}
