import type { ContainerDefinition, ModelPackageContainerDefinition } from '@aws-sdk/client-sagemaker'
import type { EnsureModel } from '../contract.ts'

/** The members that CreateModel takes over from a package; the others describe the package itself. */
const taken = ['ContainerHostname', 'ModelDataUrl', 'ModelDataSource', 'AdditionalModelDataSources'] as const

/**
 * The package's containers as CreateModel takes them: every `s3://` reference and image replaced by its copy in the target,
 * and the document's environment laid over each one's own.
 */
export function toContainers(
  packaged: readonly ModelPackageContainerDefinition[],
  rewrites: EnsureModel['rewrites'],
  environment: Readonly<Record<string, string>>,
): ContainerDefinition[] {
  return packaged.map((container) => {
    const copied = Object.fromEntries(
      taken
        .filter((member) => container[member] !== undefined)
        .map((member) => [member, rewriteReferences(container[member], rewrites.artifacts)]),
    )
    const packagedVariables = rewriteReferences(container.Environment ?? {}, rewrites.artifacts) as Record<
      string,
      string
    >
    const variables = { ...packagedVariables, ...environment }
    return {
      ...copied,
      Image: imageOf(container, rewrites.images),
      ...(Object.keys(variables).length > 0 && { Environment: variables }),
    }
  })
}

/** The copy, else the package's image pinned to its digest, so that a moved tag cannot change what is served. */
function imageOf(
  { Image = '', ImageDigest }: ModelPackageContainerDefinition,
  images: Readonly<Record<string, string>>,
): string {
  const copy = images[Image]
  if (copy !== undefined) return copy
  if (!ImageDigest || Image.includes('@')) return Image
  return `${Image.replace(/:[^:/]+$/, '')}@${ImageDigest}`
}

function rewriteReferences(value: unknown, artifacts: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return artifacts[value] ?? value
  if (Array.isArray(value)) return value.map((item) => rewriteReferences(item, artifacts))
  if (typeof value !== 'object' || value === null) return value
  const moved = Object.values(value).some((member) => typeof member === 'string' && member in artifacts)
  return Object.fromEntries(
    Object.entries(value)
      // The copy has an ETag of its own (parts, KMS), so the original's would refuse it.
      .filter(([member]) => !(moved && /^(Manifest)?E[Tt]ag$/.test(member)))
      .map(([member, inner]) => [member, rewriteReferences(inner, artifacts)]),
  )
}
