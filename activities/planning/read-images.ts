import type { ImageFacts, TargetFacts, Unreadable } from '../../rollout/facts.ts'
import type { Place } from '../../rollout/target.ts'
import { inParallel } from '../aws/in-parallel.ts'
import { fail } from '../failure.ts'
import { parseImage, registryHost, type ImageAddress } from '../replication/image-address.ts'
import { readManifest, type Manifest, type Repository } from '../replication/manifest.ts'
import { awsRegistry } from './aws-registries.ts'
import { readable, type Reading } from './reading.ts'

const AT_A_TIME = 6

/** Every image of the package, resolved to its digest: the one it was registered with, where the package says so. */
export async function readImages(
  reading: Reading,
  place: Place,
  images: ReadonlyMap<string, string | undefined>,
): Promise<Record<string, ImageFacts | Unreadable>> {
  const read = await inParallel([...images], AT_A_TIME, async ([image, registered]) => {
    return [image, await readable(reading, () => readImage(reading, place, image, registered))] as const
  })
  return Object.fromEntries(read)
}

async function readImage(
  reading: Reading,
  place: Place,
  image: string,
  registered: string | undefined,
): Promise<ImageFacts> {
  const address = parseImage(image)
  if (!address) {
    const digest = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1] ?? registered ?? ''
    return { image, kind: 'public', accountId: '', region: '', repository: image, digest, bytes: 0 }
  }
  const repository = repositoryOf(reading, place, address)
  const digest = address.digest ?? registered
  const manifest = await readManifest(
    repository,
    digest ? { imageDigest: digest } : { imageTag: address.tag ?? 'latest' },
  )
  if (!manifest) {
    throw fail(
      'NotFound',
      `${image}${digest && !address.digest ? `, which was registered as ${digest},` : ''} does not exist any more. Push it again.`,
    )
  }
  const { accountId, region, tag } = address
  return {
    image,
    kind: awsRegistry(accountId, region) ? 'aws-owned' : 'ecr',
    accountId,
    region,
    repository: address.repository,
    ...(tag && { tag }),
    digest: manifest.digest,
    bytes: await sizeOf(repository, manifest),
  }
}

function repositoryOf({ aws, session }: Reading, place: Place, address: ImageAddress): Repository {
  return {
    ecr: aws.ecr({ ...place, region: address.region }, session),
    registryId: address.accountId,
    name: address.repository,
  }
}

async function sizeOf(repository: Repository, manifest: Manifest): Promise<number> {
  const children = await inParallel(manifest.children, AT_A_TIME, (imageDigest) =>
    readManifest(repository, { imageDigest }),
  )
  return [manifest, ...children].flatMap((one) => one?.blobs ?? []).reduce((sum, { bytes }) => sum + bytes, 0)
}

/** AWS's own images in the Region of a target: the same name and tag in that Region's registry, which may be another build. */
export async function readRemapped(
  reading: Reading,
  target: Place,
  images: Readonly<Record<string, ImageFacts | Unreadable>>,
): Promise<TargetFacts['remapped']> {
  const owned = Object.entries(images).filter(
    ([, facts]) => !('unreadable' in facts) && facts.kind === 'aws-owned',
  )
  const read = await inParallel(owned, AT_A_TIME, async ([image]) => {
    return [image, await readable(reading, () => remap(reading, target, image))] as const
  })
  return Object.fromEntries(read)
}

async function remap(reading: Reading, target: Place, image: string) {
  const address = parseImage(image)!
  const account = awsRegistry(address.accountId, address.region)?.[target.region]
  if (!account)
    throw fail(
      'NotFound',
      `It is not known in which registry AWS keeps ${address.repository} in ${target.region}. Copy the image to a repository of yours.`,
    )
  const there = { ...address, accountId: account, region: target.region }
  const registry = registryHost(account, target.region)
  const name = `${registry}/${address.repository}${address.tag ? `:${address.tag}` : `@${address.digest}`}`
  const repository = repositoryOf(reading, target, there)
  const id = address.tag ? { imageTag: address.tag } : { imageDigest: address.digest! }
  const manifest = await readManifest(repository, id)
  if (!manifest) throw fail('NotFound', `AWS has no ${name}.`)
  return { image: name, digest: manifest.digest }
}
