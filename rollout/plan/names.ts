import { contentHash } from '../document/hash.ts'
import type { TargetNames } from './types.ts'

/** Stands for the rollout's hash in a preview. */
export const previewHash = 'xxxxxxxx'

/** 8 hex digits over the rollout and everything else that makes a resource what it is. */
export function hash8(rolloutId: string | null, content: unknown): string {
  return rolloutId === null ? previewHash : contentHash([rolloutId, content]).slice(0, 8)
}

/** A rollout's own mark: its candidate variant has this name in every target and never again. */
export function candidateName(rolloutId: string | null): string {
  return `c-${hash8(rolloutId, 'candidate')}`
}

/**
 * Names of everything that is made for one target. The same rollout with the same content gets the same names, so that a
 * repeated create meets its own work; any other content gets others, because SageMaker never picks up a changed config
 * under an old name. At most 59 characters (names of documents are ≤ 30, versions ≤ 9 digits), of 63 that are allowed.
 */
export function targetNames(
  rolloutId: string | null,
  name: string,
  version: number,
  content: unknown,
): TargetNames {
  const hash = hash8(rolloutId, content)
  const base = `${name}-v${version}`
  return {
    model: `${base}-${hash}`,
    bakeConfig: `${base}-bake-${hash}`,
    finalConfig: `${base}-final-${hash}`,
    revertConfig: `${base}-back-${hash}`,
    candidateVariant: candidateName(rolloutId),
  }
}

/** `sluice-fraud-scorer-1a2b3c4d-1-modellatency-p99`, ≤ 255. */
export function alarmName(rolloutId: string | null, name: string, key: string, slug: string): string {
  const plain = slug
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 120)
  return `sluice-${name}-${hash8(rolloutId, key)}-${plain}`
}

/**
 * A UUID of version 8 (RFC 9562): the idempotency token of one registration. Made of nothing but what is registered where and
 * by which rollout, so that a lost answer never makes a second version.
 */
export function clientToken(rolloutId: string | null, groupArn: string, sourceArn: string): string {
  const hex = contentHash([rolloutId, groupArn, sourceArn])
  const variant = '89ab'[Number.parseInt(hex[16] ?? '0', 16) % 4]
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}
