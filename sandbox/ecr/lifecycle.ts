import type { World } from '../core/types.ts'
import { removeImage } from './images.ts'
import { parseManifest } from './manifest.ts'
import { listRepositories, tagsOf, type Repository, type StoredImage } from './state.ts'

interface Rule {
  readonly rulePriority: number
  readonly selection: {
    readonly tagStatus: 'tagged' | 'untagged' | 'any'
    readonly tagPrefixList?: readonly string[]
    readonly tagPatternList?: readonly string[]
    readonly countType: string
    readonly countNumber: number
  }
}

const DAY = 86_400_000

const isSelected = ({ selection }: Rule, tags: readonly string[]): boolean => {
  const { tagStatus, tagPrefixList, tagPatternList } = selection
  if (tagStatus === 'any') return true
  if (tagStatus === 'untagged') return tags.length === 0
  const patterns = [...(tagPrefixList ?? []).map((prefix) => `${prefix}*`), ...(tagPatternList ?? [])]
  const matches = (pattern: string, tag: string) =>
    new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(tag)
  return tags.length > 0 && patterns.every((pattern) => tags.some((tag) => matches(pattern, tag)))
}

const expiredBy = (rule: Rule, images: readonly StoredImage[], now: number): readonly StoredImage[] => {
  const { countType, countNumber } = rule.selection
  const newestFirst = images.toSorted((left, right) => right.pushed - left.pushed)
  if (countType === 'imageCountMoreThan') return newestFirst.slice(countNumber)
  if (countType === 'sinceImagePushed')
    return images.filter((image) => now - image.pushed > countNumber * DAY)
  return []
}

const expire = (repository: Repository, now: number): readonly string[] => {
  const { rules } = JSON.parse(repository.lifecyclePolicy!) as { rules: readonly Rule[] }
  const claimed = new Set<string>()
  const gone: string[] = []
  const children = new Set(
    [...repository.images.values()].flatMap(
      (image) => parseManifest(image.manifest).manifests?.map((one) => one.digest) ?? [],
    ),
  )
  for (const rule of rules.toSorted((left, right) => left.rulePriority - right.rulePriority)) {
    const selected = [...repository.images.values()].filter(
      (image) =>
        !claimed.has(image.digest) &&
        !children.has(image.digest) &&
        isSelected(rule, tagsOf(repository, image.digest)),
    )
    for (const image of selected) claimed.add(image.digest)
    gone.push(...expiredBy(rule, selected, now).map((image) => image.digest))
  }
  for (const digest of gone) removeImage(repository, digest)
  return gone
}

/**
 * Evaluates lifecycle policies as ECR does about once a day, as if `inDays` had passed: each image falls to the first
 * rule that selects it, and children of an index stay with it. Returns what expired.
 */
export const applyLifecycle = (
  world: World,
  { accountId, region, inDays = 0 }: { accountId?: string; region?: string; inDays?: number },
) =>
  listRepositories(world)
    .filter((one) => one.lifecyclePolicy !== undefined)
    .filter((one) => (accountId ?? one.accountId) === one.accountId && (region ?? one.region) === one.region)
    .map((one) => ({
      accountId: one.accountId,
      region: one.region,
      repository: one.name,
      expired: expire(one, world.clock.now() + inDays * DAY),
    }))
