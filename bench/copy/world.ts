import type { ArtifactCopy, ImageCopy } from '../../rollout/plan/types.ts'
import { prod, prodId, registry, registryId, worker } from '../../test/support/accounts.ts'
import { startSandboxProcess, type SandboxProcess } from '../support/sandbox.ts'

const source = 'models-source'
const group = 'scorer'
const key = (mib: number): string => `${mib}/model.tar.gz`
const tag = (mib: number): string => `v${mib}`
const bytesOf = (mib: number): number => mib * 1024 ** 2

/** A registry account with objects and images of the sizes, MiB, and an empty production account. */
export async function startCopyWorld(options: {
  readonly objects: readonly number[]
  readonly images: readonly number[]
  /** Whether production's role may read the registry's bucket; if not, the bytes go through the worker. */
  readonly readable: boolean
}): Promise<SandboxProcess> {
  return startSandboxProcess({
    seed: {
      roles: [registry, prod].map(({ role }) => ({ arn: role, trusts: [worker] })),
      buckets: [
        {
          name: source,
          account: registryId,
          region: registry.region,
          readers: options.readable ? [prodId] : [],
          objects: options.objects.map((mib) => ({ key: key(mib), size: bytesOf(mib), fill: 7 })),
        },
        { name: 'models-target', account: prodId, region: prod.region },
      ],
      repositories: [
        {
          name: group,
          account: registryId,
          region: registry.region,
          pullers: [prodId],
          images: options.images.map((mib) => ({ tags: [tag(mib)], layers: layersOf(mib) })),
        },
      ],
    },
  })
}

/** A base of half the image, and layers that get smaller, as images of model servers have them. */
function layersOf(mib: number): readonly { readonly size: number }[] {
  return [0.5, 0.25, 0.125, 0.125].map((share) => ({ size: bytesOf(mib) * share }))
}

/** The environment of a process that copies in this world. */
export function credentials(sandbox: SandboxProcess): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: sandbox.url,
    AWS_REGION: registry.region,
    AWS_ACCESS_KEY_ID: `AKIA${worker}`,
    AWS_SECRET_ACCESS_KEY: 'any',
  }
}

/** The planned copy of the object of that size. */
export async function planArtifact(sandbox: SandboxProcess, mib: number): Promise<ArtifactCopy> {
  const { buckets } = await sandbox.ask<{
    buckets: { name: string; objects: { key: string; etag: string }[] }[]
  }>('GET', 'state?part=buckets')
  const found = buckets.find(({ name }) => name === source)?.objects.find((object) => object.key === key(mib))
  if (!found) throw new Error(`no object of ${mib} MiB`)
  return {
    source: `s3://${source}/${key(mib)}`,
    kind: 'object',
    pin: { etag: found.etag.replaceAll('"', '') },
    from: registry,
    to: prod,
    destination: `s3://models-target/${key(mib)}`,
    bytes: bytesOf(mib),
    objects: 1,
  }
}

/** The planned copy of the image of that size. */
export async function planImage(sandbox: SandboxProcess, mib: number): Promise<ImageCopy> {
  const { repositories } = await sandbox.ask<{
    repositories: { accountId: string; images: { digest: string; tags: string[] }[] }[]
  }>('GET', 'state?part=repositories')
  const image = repositories
    .find(({ accountId }) => accountId === registryId)
    ?.images.find(({ tags }) => tags.includes(tag(mib)))
  if (!image) throw new Error(`no image of ${mib} MiB`)
  const host = (account: string, region: string): string => `${account}.dkr.ecr.${region}.amazonaws.com`
  return {
    mode: 'copy',
    source: `${host(registryId, registry.region)}/${group}:${tag(mib)}`,
    digest: image.digest,
    from: registry,
    destination: `${host(prodId, prod.region)}/${group}@${image.digest}`,
    repository: group,
    to: prod,
    bytes: bytesOf(mib),
  }
}
