import type { World } from '../core/types.ts'
import { findImage } from './images.ts'
import { parseManifest } from './manifest.ts'
import { allows } from './policy.ts'
import { registryOf, type Repository } from './state.ts'

/** What an image name stands for, for one account in one Region. */
export type ResolvedImage =
  | {
      readonly found: true
      readonly digest: string
      /** `host/repository@sha256:…`, as DescribeEndpoint shows it. */
      readonly resolved: string
      readonly labels: Readonly<Record<string, string>>
    }
  | { readonly found: false; readonly reason: 'NotEcr' | 'WrongRegion' | 'AccessDenied' | 'NoSuchImage' }

const readLabels = (repository: Repository, manifest: string): Readonly<Record<string, string>> => {
  const { config, manifests } = parseManifest(manifest)
  const child = manifests?.[0] && repository.images.get(manifests[0].digest)
  if (child) return readLabels(repository, child.manifest)
  const blob = config && repository.layers.get(config.digest)
  return blob
    ? ((JSON.parse(blob.toString('utf8')) as { config?: { Labels?: Record<string, string> } }).config
        ?.Labels ?? {})
    : {}
}

/** Looks an image up as SageMaker does: same Region only, by tag or digest, with the repository's policy for other accounts. */
export const resolveImage = (
  world: World,
  image: string,
  { accountId, region }: { readonly accountId: string; readonly region: string },
): ResolvedImage => {
  const parsed =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)(?::([^@]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(
      image,
    )
  if (!parsed) return { found: false, reason: 'NotEcr' }
  const [, owner = '', itsRegion = '', name = '', tag, digest] = parsed
  if (itsRegion !== region) return { found: false, reason: 'WrongRegion' }
  const repository = registryOf(world, owner, region).repositories.get(name)
  if (!repository) return { found: false, reason: owner === accountId ? 'NoSuchImage' : 'AccessDenied' }
  if (owner !== accountId && !allows(repository.policy, accountId, 'ecr:BatchGetImage'))
    return { found: false, reason: 'AccessDenied' }
  const found = findImage(repository, digest ? { imageDigest: digest } : { imageTag: tag ?? 'latest' })
  if (typeof found === 'string') return { found: false, reason: 'NoSuchImage' }
  return {
    found: true,
    digest: found.digest,
    resolved: `${image.split(/[:@]/)[0]}@${found.digest}`,
    labels: readLabels(repository, found.manifest),
  }
}
