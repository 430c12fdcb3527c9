import { BatchGetImageCommand, type ECRClient, type Image } from '@aws-sdk/client-ecr'
import { fail } from '../failure.ts'

/** Every kind of manifest that ECR keeps; without this list it answers only Docker's. */
const acceptedMediaTypes = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
]

/** A repository and how to reach it. */
export interface Repository {
  readonly ecr: ECRClient
  readonly registryId: string
  readonly name: string
}

/** A config or layer. */
export interface Blob {
  readonly digest: string
  readonly bytes: number
}

/** One manifest as it was pushed, byte for byte, and what it refers to. */
export interface Manifest {
  readonly digest: string
  readonly text: string
  readonly mediaType: string
  /** Config and layers of an image; empty for an index. */
  readonly blobs: readonly Blob[]
  /** Digests of the images of an index. */
  readonly children: readonly string[]
}

/** Reads one manifest by digest or tag; undefined when there is no such image. */
export async function readManifest(
  { ecr, registryId, name }: Repository,
  id: { readonly imageDigest: string } | { readonly imageTag: string },
): Promise<Manifest | undefined> {
  const { images = [], failures = [] } = await ecr.send(
    new BatchGetImageCommand({ registryId, repositoryName: name, imageIds: [id], acceptedMediaTypes }),
  )
  // A digest with several tags is answered once for each.
  if (images[0]) return parse(images[0])
  const failure = failures[0]
  if (!failure || failure.failureCode === 'ImageNotFound') return undefined
  throw fail('Invalid', `ECR ${registryId}/${name}: ${failure.failureCode}: ${failure.failureReason}`)
}

interface Written {
  readonly mediaType?: string
  readonly config?: Descriptor
  readonly layers?: readonly Descriptor[]
  readonly manifests?: readonly Descriptor[]
}

interface Descriptor {
  readonly digest: string
  readonly size: number
  readonly mediaType?: string
  /** Where a layer is that registries do not keep (Windows base layers). */
  readonly urls?: readonly string[]
}

function parse(image: Image): Manifest {
  const text = image.imageManifest!
  const written = JSON.parse(text) as Written
  const layers = (written.layers ?? []).filter((layer) => !layer.urls?.length)
  const blobs = written.config ? [written.config, ...layers] : layers
  const unique = new Map(blobs.map(({ digest, size }) => [digest, { digest, bytes: size }]))
  return {
    digest: image.imageId!.imageDigest!,
    text,
    mediaType: image.imageManifestMediaType ?? written.mediaType ?? '',
    blobs: [...unique.values()],
    children: (written.manifests ?? []).map(({ digest }) => digest),
  }
}
