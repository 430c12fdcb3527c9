import { packagePlace } from '../document/targets.ts'
import type { ImageFacts } from '../facts.ts'
import type { Place } from '../target.ts'
import type { PlanContext } from './context.ts'
import { isUnreadable } from './context.ts'
import type { Destination } from './places.ts'
import type { ImageCopy } from './types.ts'

/** Accounts are known by what is read under their role; an image elsewhere is read with the package's. */
function sourcePlace(context: PlanContext, image: ImageFacts): Place {
  const source = packagePlace(context.document)
  const account = Object.values(context.document.accounts).find(({ id }) => id === image.accountId)
  if (!account || account.id === source.accountId) return { ...source, region: image.region }
  return {
    accountId: account.id,
    region: image.region,
    ...(account.role ? { role: account.role } : {}),
    ...(account.externalId ? { externalId: account.externalId } : {}),
  }
}

/** The registry of an account in a Region; China has a domain of its own. */
export function registryOf({ accountId, region }: Pick<Place, 'accountId' | 'region'>): string {
  return `${accountId}.dkr.ecr.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
}

/** `registry/repository[:tag]` → `registry/repository@sha256:…`: a tag can move, a digest cannot. */
export function byDigest(image: string, digest: string): string {
  return `${image.replace(/@.*$/, '').replace(/:[^/:]*$/, '')}@${digest}`
}

/** The same AWS-owned image in the Region of a place, as far as it was found there. */
function remapped(context: PlanContext, source: string, { place, targets }: Destination) {
  const near = [...targets, ...Object.keys(context.facts.targets)]
    .map((key) => context.facts.targets[key])
    .filter((facts) => facts !== undefined && facts.key.split('/')[1] === place.region)
  for (const facts of near) {
    const found = facts?.remapped[source]
    if (found && !isUnreadable(found)) return found
  }
  return null
}

/** What becomes of one image in one place, or null where it cannot be had (then there is a finding). */
export function imageCopy(
  context: PlanContext,
  source: string,
  image: ImageFacts,
  destination: Destination,
): ImageCopy | null {
  const { place } = destination
  const { accountId, region, repository, digest, bytes } = image
  const base = { source, digest, from: sourcePlace(context, image), repository, to: place, bytes }
  if (image.kind === 'public') return null
  if (image.kind === 'aws-owned') {
    const found = remapped(context, source, destination)
    if (found)
      return {
        ...base,
        mode: 'remap',
        digest: found.digest,
        destination: byDigest(found.image, found.digest),
      }
    return region === place.region ? { ...base, mode: 'remap', destination: byDigest(source, digest) } : null
  }
  if (accountId === place.accountId && region === place.region)
    return { ...base, mode: 'none', destination: byDigest(source, digest) }
  const mode = context.document.replicate?.images ?? 'none'
  if (mode === 'none') {
    return region === place.region ? { ...base, mode: 'none', destination: byDigest(source, digest) } : null
  }
  return { ...base, mode, destination: `${registryOf(place)}/${repository}@${digest}` }
}

export function imageCopies(context: PlanContext, destination: Destination): readonly ImageCopy[] {
  return Object.entries(context.facts.images).flatMap(([source, image]) => {
    const copy = isUnreadable(image) ? null : imageCopy(context, source, image, destination)
    return copy ? [copy] : []
  })
}
