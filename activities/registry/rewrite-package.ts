import type { CreateModelPackageInput, DescribeModelPackageOutput } from '@aws-sdk/client-sagemaker'
import { fail } from '../failure.ts'
import { isReference, referringMembers } from './package-parts.ts'

/** What the package calls it → what it is called where the package is registered. */
export interface Rewrites {
  readonly artifacts: Readonly<Record<string, string>>
  readonly images: Readonly<Record<string, string>>
}

/** What DescribeModelPackage tells beside what CreateModelPackage takes; everything else is carried over, known or not. */
const answerOnly = new Set([
  '$metadata',
  'ModelPackageName',
  'ModelPackageGroupName',
  'ModelPackageVersion',
  'ModelPackageArn',
  'CreationTime',
  'ModelPackageStatus',
  'ModelPackageStatusDetails',
  'ModelApprovalStatus',
  'ApprovalDescription',
  'CreatedBy',
  'LastModifiedTime',
  'LastModifiedBy',
  'CertifyForMarketplace',
])

/**
 * The request that registers the same package elsewhere: every member kept, every reference and image as it is called
 * there. `mayKeep`: what has no rewrite stays as it is written, which is right only within one Region.
 * @throws Refused with the field of every reference that is left
 */
export function rewritePackage(
  described: DescribeModelPackageOutput,
  rewrites: Rewrites,
  { mayKeep }: { readonly mayKeep: boolean },
): Partial<CreateModelPackageInput> {
  const left: string[] = []
  const lookUp = (known: Readonly<Record<string, string>>, text: string, field: string) => {
    const found = known[text]
    if (found === undefined && !mayKeep) left.push(`${field} (${text})`)
    return found ?? text
  }
  const rewrite = (value: unknown, field: string, member: string): unknown => {
    if (typeof value === 'string') {
      if (member === 'Image') return lookUp(rewrites.images, value, field)
      return isReference(value, member) ? lookUp(rewrites.artifacts, value, field) : value
    }
    if (Array.isArray(value)) return value.map((item, index) => rewrite(item, `${field}[${index}]`, member))
    if (typeof value !== 'object' || value === null || value instanceof Date) return value
    const entries = Object.entries(value).map(
      ([key, item]) => [key, rewrite(item, `${field}.${key}`, key)] as const,
    )
    const moved = entries.some(
      ([key, item]) =>
        typeof item === 'string' &&
        item.startsWith('s3://') &&
        item !== (value as Record<string, unknown>)[key],
    )
    // A copy has an ETag of its own (parts, KMS): the original's would refuse it. SageMaker notes the new one itself.
    const kept = entries.filter(([key]) => !(moved && /(^|Manifest|ModelData)E[Tt]ag$/.test(key)))
    return withDigest(Object.fromEntries(kept))
  }
  const request = Object.fromEntries(
    Object.entries(described)
      .filter(([member, value]) => !answerOnly.has(member) && value !== undefined)
      .map(([member, value]) => [
        member,
        (referringMembers as readonly string[]).includes(member) ? rewrite(value, member, member) : value,
      ]),
  )
  if (left.length > 0) {
    throw fail(
      'Refused',
      `${described.ModelPackageArn} cannot be registered in another Region: nothing was copied there for ${left.join(', ')}. ` +
        'Set replicate.artifacts and replicate.images.',
    )
  }
  return request
}

/** The same image of another Region may be another build. */
function withDigest(container: Record<string, unknown>): Record<string, unknown> {
  const { Image, ImageDigest } = container
  const digest = typeof Image === 'string' ? /@(sha256:[0-9a-f]{64})$/i.exec(Image)?.[1] : undefined
  return digest && ImageDigest ? { ...container, ImageDigest: digest } : container
}
