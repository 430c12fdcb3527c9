import { createHash } from 'node:crypto'

/** The media types that SageMaker and ECR know. */
export const MEDIA = {
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociLayer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const

export interface Descriptor {
  readonly mediaType?: string
  readonly digest: string
  readonly size?: number
}

/** What a manifest refers to: blobs for an image, other manifests for an index. */
export interface Manifest {
  readonly mediaType?: string
  readonly config?: Descriptor
  readonly layers?: readonly Descriptor[]
  readonly manifests?: readonly Descriptor[]
}

export const digestOf = (bytes: Buffer | string): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`

/** Throws SyntaxError for what is no JSON. */
export const parseManifest = (text: string): Manifest => JSON.parse(text) as Manifest

/** The type a manifest says it is; older OCI ones say nothing. */
export const mediaTypeOf = (manifest: Manifest, given?: string): string =>
  manifest.mediaType ?? given ?? (manifest.manifests ? MEDIA.ociIndex : MEDIA.ociManifest)

/** The config and layers of an image; none for an index. */
export const blobsOf = (manifest: Manifest): readonly Descriptor[] =>
  manifest.config ? [manifest.config, ...(manifest.layers ?? [])] : (manifest.layers ?? [])
