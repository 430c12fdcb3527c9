import { randomBytes, randomUUID } from 'node:crypto'
import { AwsError, type Answer, type Call, type RawRequest, type World } from '../core/types.ts'
import { blobsOf, digestOf, MEDIA, parseManifest } from './manifest.ts'
import { openRepository, type LayerUpload, type Repository } from './state.ts'

type Input = Readonly<Record<string, any>>

/** 20 MiB: what InitiateLayerUpload tells clients to send at a time, and the most that a part may be. */
const PART_SIZE = 20_971_520
const SMALLEST_PART = 5 * 1024 ** 2
const LINKS = '/_layers/'

export const batchCheckLayerAvailability = (call: Call, input: Input) => {
  const repository = openRepository(call, input as { repositoryName: string })
  const layers: object[] = []
  const failures: object[] = []
  for (const layerDigest of input.layerDigests as readonly string[]) {
    const layer = repository.layers.get(layerDigest)
    if (!/^sha256:[0-9a-f]{64}$/.test(layerDigest)) {
      failures.push({ layerDigest, failureCode: 'InvalidLayerDigest', failureReason: 'Invalid layer digest' })
    } else if (layer) {
      layers.push({
        layerDigest,
        layerAvailability: 'AVAILABLE',
        layerSize: layer.length,
        mediaType: MEDIA.dockerLayer,
      })
    } else layers.push({ layerDigest, layerAvailability: 'UNAVAILABLE' })
  }
  return { layers, failures }
}

const isInImage = (repository: Repository, digest: string) =>
  [...repository.images.values()].some(({ manifest }) =>
    blobsOf(parseManifest(manifest)).some((one) => one.digest === digest),
  )

const linksOf = (world: World) =>
  world.state(
    'ecr-links',
    'all',
    'all',
    () => new Map<string, { repository: Repository; digest: string; expires: number }>(),
  )

/** A link to this server that works without signature for an hour. */
export const getDownloadUrlForLayer = (call: Call, input: Input) => {
  const repository = openRepository(call, input as { repositoryName: string })
  const digest: string = input.layerDigest
  const where = `in the repository with name '${repository.name}' in the registry with id '${repository.accountId}'`
  if (!repository.layers.has(digest)) {
    throw new AwsError('LayersNotFoundException', `Layers with digests '[${digest}]' do not exist ${where}`)
  }
  if (!isInImage(repository, digest)) {
    throw new AwsError(
      'LayerInaccessibleException',
      'The specified layer is not available because it is not associated with an image. Unassociated image layers may be cleaned up at any time.',
    )
  }
  const token = randomBytes(24).toString('base64url')
  linksOf(call.world).set(token, { repository, digest, expires: call.world.clock.now() + 3_600_000 })
  return { layerDigest: digest, downloadUrl: `${call.http?.url}${LINKS}${token}?X-Amz-Expires=3600` }
}

function* cutAfter(bytes: Buffer): Generator<Buffer> {
  yield bytes.subarray(0, Math.floor(bytes.length / 2))
  throw new Error('cut by the fault layer-cut')
}

/** What a download link answers; the fault kind `layer-cut` breaks the connection half-way. */
const download = (world: World, request: RawRequest): Answer => {
  const link = linksOf(world).get(request.path.slice(LINKS.length))
  const layer = link && link.expires > world.clock.now() ? link.repository.layers.get(link.digest) : undefined
  if (!link || !layer) {
    return {
      status: 403,
      headers: { 'content-type': 'application/xml' },
      body: '<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>',
    }
  }
  const [, from] = /^bytes=(\d+)-$/.exec(String(request.headers.range ?? '')) ?? []
  const bytes = from === undefined ? layer : layer.subarray(Number(from))
  const headers = {
    'content-type': 'application/octet-stream',
    'content-length': String(bytes.length),
    ...(from !== undefined && { 'content-range': `bytes ${from}-${layer.length - 1}/${layer.length}` }),
  }
  const { name, accountId, region } = link.repository
  const cut = world.takeFault('layer-cut', { service: 'ecr', accountId, region, name })
  return { status: from === undefined ? 200 : 206, headers, body: cut ? cutAfter(bytes) : bytes }
}

/** Unsigned layer downloads. */
export const layerLinks = { [LINKS]: download }

export const initiateLayerUpload = (call: Call, input: Input) => {
  const repository = openRepository(call, input as { repositoryName: string })
  const upload: LayerUpload = { id: randomUUID(), parts: [], received: 0 }
  repository.uploads.set(upload.id, upload)
  return { uploadId: upload.id, partSize: PART_SIZE }
}

const openUpload = (call: Call, input: Input) => {
  const repository = openRepository(call, input as { repositoryName: string })
  const upload = repository.uploads.get(input.uploadId)
  if (upload) return { repository, upload }
  throw new AwsError(
    'UploadNotFoundException',
    `The upload with upload id '${input.uploadId}' does not exist in the repository with name '${repository.name}' in the registry with id '${repository.accountId}'`,
  )
}

/** Parts must follow one another without a gap; the error says where to go on. */
export const uploadLayerPart = (call: Call, input: Input) => {
  const { repository, upload } = openUpload(call, input)
  const blob = Buffer.from(input.layerPartBlob, 'base64')
  if (
    input.partFirstByte !== upload.received ||
    input.partLastByte - input.partFirstByte + 1 !== blob.length
  ) {
    throw new AwsError(
      'InvalidLayerPartException',
      'The layer part size is not valid, or the first byte specified is not consecutive to the last byte of a previous layer part upload.',
      400,
      {
        registryId: repository.accountId,
        repositoryName: repository.name,
        uploadId: upload.id,
        lastValidByteReceived: upload.received - 1,
      },
    )
  }
  upload.parts.push(blob)
  upload.received += blob.length
  return {
    registryId: repository.accountId,
    repositoryName: repository.name,
    uploadId: upload.id,
    lastByteReceived: upload.received - 1,
  }
}

/** Joins the parts; the digest is computed and must be the one that is claimed. */
export const completeLayerUpload = (call: Call, input: Input) => {
  const { repository, upload } = openUpload(call, input)
  const [claimed = ''] = input.layerDigests as readonly string[]
  if (upload.received === 0)
    throw new AwsError('EmptyUploadException', 'The specified layer upload does not contain any layer parts.')
  if (upload.parts.slice(0, -1).some((part) => part.length < SMALLEST_PART)) {
    throw new AwsError('LayerPartTooSmallException', 'Layer parts must be at least 5 MiB in size.')
  }
  const layer = Buffer.concat(upload.parts)
  const digest = digestOf(layer)
  if (digest !== claimed) {
    throw new AwsError(
      'InvalidLayerException',
      'The layer digest calculation performed by Amazon ECR upon receipt of the image layer does not match the digest specified.',
    )
  }
  repository.uploads.delete(upload.id)
  if (repository.layers.has(digest)) {
    throw new AwsError(
      'LayerAlreadyExistsException',
      `Layer with digest '${digest}' already exists in the repository with name '${repository.name}' in registry with id '${repository.accountId}'`,
    )
  }
  repository.layers.set(digest, layer)
  return {
    registryId: repository.accountId,
    repositoryName: repository.name,
    uploadId: upload.id,
    layerDigest: digest,
  }
}
