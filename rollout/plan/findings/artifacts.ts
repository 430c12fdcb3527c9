import { isUnreadable } from '../context.ts'
import { bucketOf } from '../artifacts.ts'
import { labelPlace } from '../labels.ts'
import { destinations, placeId } from '../places.ts'
import { packagePlace } from '../../document/targets.ts'
import type { BucketFacts } from '../../facts.ts'
import type { Finding } from '../types.ts'
import type { Find } from './finding.ts'
import { error } from './finding.ts'

/** Everything the package refers to can be read. */
export const findArtifacts: Find = ({ facts }) => {
  const references = isUnreadable(facts.package) ? [] : facts.package.references
  return Object.entries(facts.artifacts).flatMap(([uri, artifact]) => {
    if (!isUnreadable(artifact)) return []
    const field = references.find((reference) => reference.uri === uri)?.field
    return [
      error(
        'artifact-unreadable',
        { path: 'model.package' },
        `${uri}${field ? ` (${field})` : ''} cannot be read: ${artifact.unreadable}`,
        'check that it exists, and that the role of the package’s account may read it (s3:GetObject, s3:ListBucket, kms:Decrypt)',
      ),
    ]
  })
}

/** SageMaker reads artifacts only from the endpoint's own Region. */
export const findForeignArtifacts: Find = (context) => {
  const { document, facts } = context
  if (document.replicate?.artifacts !== undefined || Object.keys(facts.artifacts).length === 0) return []
  const home = packagePlace(document).region
  return destinations(context)
    .filter(({ place }) => place.region !== home)
    .map(({ place, targets }) =>
      error(
        'artifact-other-region',
        { path: 'replicate.artifacts', ...(targets[0] ? { target: targets[0] } : {}) },
        `the artifacts are in ${home}, and SageMaker in ${place.region} reads only from ${place.region}`,
        'say where to copy them: `replicate: { artifacts: s3://models-{account}-{region}/{group}/{version}/ }`',
      ),
    )
}

/** The buckets that artifacts are copied to exist and can be written. */
export const findBuckets: Find = (context, { artifacts }) => {
  const written = new Map(artifacts.map((copy) => [placeId(copy.to), bucketOf(copy.destination)]))
  return destinations(context).flatMap(({ place, targets, promote }): Finding[] => {
    const name = written.get(placeId(place))
    if (name === undefined) return []
    const promoted = context.facts.promote
    const found: readonly (BucketFacts | undefined)[] = [
      ...targets.map((key) => context.facts.targets[key]?.bucket),
      promote && promoted && !isUnreadable(promoted) ? promoted.bucket : undefined,
    ]
    const bucket = found.find((one) => one?.name === name)
    if (!bucket || (bucket.exists && bucket.problem === undefined)) return []
    const where = { path: 'replicate.artifacts', ...(targets[0] ? { target: targets[0] } : {}) }
    return [
      error(
        bucket.exists ? 'bucket-unusable' : 'bucket-missing',
        where,
        `bucket ${name} in ${labelPlace(context, place)} ${bucket.exists ? `cannot be used: ${bucket.problem}` : 'does not exist'}`,
        bucket.exists
          ? 'let the account’s role write to it, and keep it in the Region of the endpoint'
          : `create the bucket in ${place.region}, or correct the template`,
      ),
    ]
  })
}
