import type { Place } from '../target.ts'
import { artifactCopies } from './artifacts.ts'
import type { PlanContext } from './context.ts'
import { imageCopies } from './images.ts'
import { destinations, placeId } from './places.ts'
import type { ArtifactCopy, ImageCopy } from './types.ts'

export interface Rewrites {
  readonly artifacts: Readonly<Record<string, string>>
  readonly images: Readonly<Record<string, string>>
}

export interface Replication {
  readonly artifacts: readonly ArtifactCopy[]
  readonly images: readonly ImageCopy[]
}

/** Every copy that is needed, once for each account and Region; those for the promoted package first. */
export function planReplication(context: PlanContext): Replication {
  const places = destinations(context)
  return {
    artifacts: places.flatMap((destination) => artifactCopies(context, destination)),
    images: places.flatMap((destination) => imageCopies(context, destination)),
  }
}

/** What the package calls it → what it is called in a place. */
export function rewritesFor(replication: Replication, place: Place): Rewrites {
  const here = <Copy extends ArtifactCopy | ImageCopy>(copies: readonly Copy[]) =>
    Object.fromEntries(
      copies.flatMap((copy) =>
        placeId(copy.to) === placeId(place) ? [[copy.source, copy.destination] as const] : [],
      ),
    )
  return { artifacts: here(replication.artifacts), images: here(replication.images) }
}
