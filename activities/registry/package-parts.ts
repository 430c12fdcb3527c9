import type { DescribeModelPackageOutput } from '@aws-sdk/client-sagemaker'
import type { ArtifactReference, PackageContainer } from '../../rollout/facts.ts'

/**
 * The members of a package that refer to objects and images it consists of. Customer metadata, generator and model card
 * are left out: an address there says where something came from, and copying a training set is not a rollout's business.
 */
export const referringMembers = [
  'InferenceSpecification',
  'AdditionalInferenceSpecifications',
  'SourceAlgorithmSpecification',
  'ValidationSpecification',
  'ModelMetrics',
  'DriftCheckBaselines',
  'SamplePayloadUrl',
  'SourceUri',
] as const

/** Where something is written, and the object around it. */
interface Found {
  readonly text: string
  readonly field: string
  readonly member: string
  readonly around: Readonly<Record<string, unknown>>
}

/** Every string below the referring members, with its field path (`InferenceSpecification.Containers[0].Image`). */
function* strings(value: unknown, field: string, member: string, around: Found['around']): Generator<Found> {
  if (typeof value === 'string') yield { text: value, field, member, around }
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* strings(item, `${field}[${index}]`, member, around)
  } else if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    const inner = value as Found['around']
    for (const [key, item] of Object.entries(inner)) yield* strings(item, `${field}.${key}`, key, inner)
  }
}

function* referring(described: Partial<DescribeModelPackageOutput>): Generator<Found> {
  for (const member of referringMembers) yield* strings(described[member], member, member, {})
}

/** Whether a string at this member is an address of something that must exist (and not where output would go). */
export function isReference(text: string, member: string): boolean {
  return text.startsWith('s3://') && member !== 'S3OutputPath'
}

/** Every `s3://` reference of a package, wherever it stands. */
export function findReferences(described: Partial<DescribeModelPackageOutput>): ArtifactReference[] {
  return [...referring(described)]
    .filter(({ text, member }) => isReference(text, member))
    .map(({ text, field, around }) => ({
      uri: text,
      field,
      kind: around.S3DataType === 'S3Prefix' || text.endsWith('/') ? 'prefix' : 'object',
    }))
}

/** Every image of a package once, with the digest that it was registered with. */
export function findImages(described: Partial<DescribeModelPackageOutput>): Map<string, string | undefined> {
  const images = new Map<string, string | undefined>()
  for (const { text, member, around } of referring(described)) {
    if (member !== 'Image') continue
    const digest = typeof around.ImageDigest === 'string' ? around.ImageDigest.toLowerCase() : undefined
    images.set(text, images.get(text) ?? digest)
  }
  return images
}

/** The containers that inference runs. */
export function containersOf(described: Partial<DescribeModelPackageOutput>): PackageContainer[] {
  return (described.InferenceSpecification?.Containers ?? []).map((container) => ({
    ...(container.ContainerHostname && { hostname: container.ContainerHostname }),
    image: container.Image ?? '',
    ...(container.ImageDigest && { imageDigest: container.ImageDigest.toLowerCase() }),
    artifacts: findReferences({ InferenceSpecification: { Containers: [container] } }).map(({ uri }) => uri),
  }))
}

/** Why a package cannot be rolled out at all; empty for most. */
export function refusals(described: Partial<DescribeModelPackageOutput>): string[] {
  const reasons: string[] = []
  const containers = described.InferenceSpecification?.Containers ?? []
  if (containers.length === 0)
    reasons.push(
      'it has no inference specification, so there is nothing to deploy; register it with containers',
    )
  if (described.ModelPackageRegistrationType === 'Logged')
    reasons.push('it was only logged (ModelPackageRegistrationType Logged), not registered')
  for (const [index, container] of containers.entries()) {
    const at = `container ${index + 1}`
    if (container.ProductId)
      reasons.push(
        `${at} is AWS Marketplace product ${container.ProductId}, whose image and data may not be copied`,
      )
    if (!container.Image) reasons.push(`${at} names no image`)
    if (container.BaseModel?.HubContentName)
      reasons.push(
        `${at} is based on the hub content ${container.BaseModel.HubContentName}, which cannot be copied`,
      )
  }
  for (const { text, field, member, around } of referring(described)) {
    if (member === 'ManifestS3Uri')
      reasons.push(
        `${field} is a manifest, whose entries Sluice cannot rewrite; register the model as a prefix`,
      )
    if (member === 'HubContentArn')
      reasons.push(`${field} is content of a hub (${text}), which cannot be copied`)
    if (/^s3:\/\/jumpstart-/.test(text) && isReference(text, member))
      reasons.push(
        `${field} is in a JumpStart bucket (${text}); copy the model to a bucket of yours and register it from there`,
      )
    if (member === 'S3DataType' && /manifest/i.test(text))
      reasons.push(
        `${field} is ${text} (${String(around.S3Uri)}), which cannot be copied; use S3Prefix or S3Object`,
      )
  }
  return reasons
}
