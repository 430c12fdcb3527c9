import { packagePlace, templateValues } from '../document/targets.ts'
import { expandTemplate } from '../document/templates.ts'
import type { Place } from '../target.ts'
import type { PlanContext } from './context.ts'
import { isUnreadable } from './context.ts'
import { contentHash } from '../document/hash.ts'
import type { Destination } from './places.ts'
import type { ArtifactCopy } from './types.ts'

export function bucketOf(uri: string): string {
  return uri.replace(/^s3:\/\//, '').split('/')[0] ?? ''
}

/** The last part of a key, with the slash that marks a prefix. */
function basename(uri: string): string {
  const key = uri.replace(/^s3:\/\/[^/]*\/?/, '')
  const match = /([^/]+\/?)$/.exec(key)
  return match?.[1] ?? ''
}

/** `s3://models-333333333333-eu-west-1/fraud-scorer/38/1a2b3c4d5e6f/model.tar.gz`: two containers may both have a `model.tar.gz`. */
export function destinationOf(context: PlanContext, source: string, place: Place): string | null {
  const template = context.document.replicate?.artifacts
  if (template === undefined) return null
  const prefix = expandTemplate(template, templateValues(context.document, place))
  if (bucketOf(prefix) === bucketOf(source)) return null
  return `${prefix.endsWith('/') ? prefix : `${prefix}/`}${contentHash(source).slice(0, 12)}/${basename(source)}`
}

/** Every `s3://` reference of the package to one place; what is in that bucket already is used where it is. */
export function artifactCopies(
  context: PlanContext,
  { place, kmsKey }: Destination,
): readonly ArtifactCopy[] {
  const from = packagePlace(context.document)
  return Object.entries(context.facts.artifacts).flatMap(([source, artifact]) => {
    const destination = destinationOf(context, source, place)
    if (destination === null || isUnreadable(artifact)) return []
    const { kind, pin, bytes, objects } = artifact
    return [
      { source, kind, pin, from, destination, to: place, bytes, objects, ...(kmsKey ? { kmsKey } : {}) },
    ]
  })
}
