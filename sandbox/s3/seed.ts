import { createHash } from 'node:crypto'
import type { World } from '../core/types.ts'
import { packArtifact } from '../serving/artifact.ts'
import { makeBucket } from './buckets.ts'
import { etagOf } from './checks.ts'
import { bytesOf, checksumOf, md5Of, sizeOf, slice, type Algorithm, type Content } from './content.ts'
import { newVersionId } from './objects.ts'
import {
  addVersion,
  bucketsIn,
  findBucket,
  type Bucket,
  type Encryption,
  type ObjectVersion,
} from './state.ts'

/**
 * One object of a seed, its content given in one of six ways. `files` are packed as a `model.tar.gz`, by name, as text or
 * JSON; `size` with `fill` (a byte, default 0) holds no bytes.
 */
export interface ObjectSeed {
  readonly key: string
  readonly text?: string
  readonly base64?: string
  readonly bytes?: Uint8Array
  readonly json?: unknown
  readonly files?: Readonly<Record<string, unknown>>
  readonly size?: number
  readonly fill?: number
  readonly contentType?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly tags?: Readonly<Record<string, string>>
  /** Default CRC64NVME. */
  readonly checksum?: Algorithm
}

/** One bucket of a seed; named again, its settings stay and its objects are added. */
export interface BucketSeed {
  readonly name: string
  readonly account: string
  readonly region: string
  readonly versioning?: boolean
  readonly kmsKey?: string
  readonly readers?: readonly string[]
  readonly writers?: readonly string[]
  readonly listers?: readonly string[]
  readonly objects?: readonly ObjectSeed[]
}

/** Packs the objects that are given as files, so that they can be planted. */
export const packObjects = async (seed: BucketSeed): Promise<BucketSeed> => {
  const pack = async (object: ObjectSeed): Promise<ObjectSeed> => {
    if (object.files === undefined) return object
    const files = Object.entries(object.files).map(([name, content]) => {
      const text = typeof content === 'string' ? content : JSON.stringify(content)
      return [name, Buffer.from(text)] as const
    })
    return { ...object, bytes: await packArtifact(new Map(files)) }
  }
  return { ...seed, objects: await Promise.all((seed.objects ?? []).map(pack)) }
}

const PART = 64 * 1024 ** 2

const contentOf = (seed: ObjectSeed): Content => {
  if (seed.text !== undefined) return bytesOf(Buffer.from(seed.text))
  if (seed.json !== undefined) return bytesOf(Buffer.from(JSON.stringify(seed.json)))
  if (seed.base64 !== undefined) return bytesOf(Buffer.from(seed.base64, 'base64'))
  if (seed.bytes !== undefined) return bytesOf(Buffer.from(seed.bytes))
  if (seed.size !== undefined) return { kind: 'fill', size: seed.size, byte: seed.fill ?? 0 }
  throw new RangeError(`object ${seed.key}: needs one of text, json, base64, bytes, files, size`)
}

/** Above 64 MiB a seeded object looks as if it came in parts of that size, so that its ETag costs two hashes. */
const multipartEtag = (
  content: Content,
): { readonly etag: string; readonly partSizes: readonly number[] } => {
  const size = sizeOf(content)
  const sizes = Array.from({ length: Math.ceil(size / PART) }, (_, index) =>
    Math.min(PART, size - index * PART),
  )
  const known = new Map<number, Buffer>()
  const digests = sizes.map((length) => {
    const digest = known.get(length) ?? md5Of(slice(content, 0, length))
    known.set(length, digest)
    return digest
  })
  const md5 = createHash('md5').update(Buffer.concat(digests)).digest('hex')
  return { etag: `"${md5}-${sizes.length}"`, partSizes: sizes }
}

/** Puts an object into a bucket as its owner would. Returns the version that was made. */
export const plantObject = (world: World, bucket: Bucket, seed: ObjectSeed): ObjectVersion => {
  const content = contentOf(seed)
  const encryption: Encryption = bucket.kmsKey
    ? { algorithm: 'aws:kms', kmsKey: bucket.kmsKey }
    : { algorithm: 'AES256' }
  const algorithm = seed.checksum ?? 'CRC64NVME'
  const inParts = content.kind === 'fill' && content.size > PART
  const version: ObjectVersion = {
    versionId: newVersionId(bucket),
    content,
    size: sizeOf(content),
    ...(inParts ? multipartEtag(content) : { etag: etagOf(content, encryption) }),
    modified: world.clock.now(),
    headers: { ContentType: seed.contentType },
    metadata: seed.metadata ?? {},
    tags: seed.tags ?? {},
    checksum: { algorithm, type: 'FULL_OBJECT', value: checksumOf(algorithm, content) },
    encryption,
  }
  addVersion(bucket, seed.key, version)
  return version
}

/** Makes a bucket if it is new, and its objects. Throws RangeError when another account has the name. */
export const plantBucket = (world: World, seed: BucketSeed): Bucket => {
  const { name, account, region, versioning, kmsKey, readers, writers, listers, objects = [] } = seed
  if (!name || !/^\d{12}$/.test(account ?? '') || !region) {
    throw new RangeError(
      `bucket ${name}: needs name, account (12 digits, found ${account}) and region (found ${region})`,
    )
  }
  const existing = findBucket(world, name)
  if (existing && (existing.accountId !== account || existing.region !== region)) {
    throw new RangeError(`bucket ${name}: already in account ${existing.accountId}, ${existing.region}`)
  }
  const settings = {
    versioning: versioning ? ('Enabled' as const) : undefined,
    kmsKey,
    readers,
    writers,
    listers,
  }
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
  const bucket =
    existing ?? makeBucket({ name, accountId: account, region, created: world.clock.now() }, given)
  bucketsIn(world, account, region).set(name, bucket)
  for (const object of objects) plantObject(world, bucket, object)
  return bucket
}
