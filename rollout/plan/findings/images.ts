import type { PlanContext } from '../context.ts'
import { isUnreadable } from '../context.ts'
import { imageCopy } from '../images.ts'
import { labelPlace } from '../labels.ts'
import { destinations, placeId } from '../places.ts'
import type { RepositoryFacts } from '../../facts.ts'
import type { Finding } from '../types.ts'
import type { Find } from './finding.ts'
import { error } from './finding.ts'

const at = { path: 'model.package' }

/** Every image can be read, and brought to where it is needed. */
export const findImages: Find = (context) => {
  const { facts, document } = context
  return Object.entries(facts.images).flatMap(([source, image]): readonly Finding[] => {
    if (isUnreadable(image))
      return [
        error(
          'image-unreadable',
          at,
          `image ${source} cannot be read: ${image.unreadable}`,
          'check that it exists, and that the role of its account may read it (ecr:BatchGetImage, ecr:GetDownloadUrlForLayer)',
        ),
      ]
    if (image.kind === 'public')
      return [
        error(
          'image-public',
          at,
          `image ${source} is in a public registry, which SageMaker does not pull from`,
          'push it to a repository of your own in ECR, and register the package with that',
        ),
      ]
    return destinations(context).flatMap((destination): readonly Finding[] => {
      if (imageCopy(context, source, image, destination) !== null) return []
      const { place, targets } = destination
      const where = { ...(targets[0] ? { target: targets[0] } : {}) }
      if (image.kind === 'aws-owned') {
        const reason = targets
          .map((key) => facts.targets[key]?.remapped[source])
          .find((one) => one !== undefined && isUnreadable(one))
        return [
          error(
            'image-not-in-region',
            { ...at, ...where },
            `AWS’s image ${source} was not found in ${place.region}${reason && isUnreadable(reason) ? `: ${reason.unreadable}` : ''}`,
            'use a version of the image that AWS offers in every Region of the document, or an image of your own',
          ),
        ]
      }
      return [
        error(
          'image-other-region',
          { path: 'replicate.images', ...where },
          `image ${source} is in ${image.region}, and SageMaker in ${place.region} pulls only from ${place.region}`,
          `write \`replicate: { images: copy }\`${document.replicate?.images === 'none' ? ' instead of `none`' : ''}`,
        ),
      ]
    })
  })
}

function repositoryIn(
  context: PlanContext,
  name: string,
  targets: readonly string[],
): RepositoryFacts | undefined {
  const { facts } = context
  const promoted =
    facts.promote && !isUnreadable(facts.promote) ? facts.promote.repositories?.[name] : undefined
  return (
    targets.map((key) => facts.targets[key]?.repositories[name]).find((one) => one !== undefined) ?? promoted
  )
}

/** What Sluice pushes stays: a lifecycle rule that would expire it, or a repository that cannot be written, is an error. */
export const findRepositories: Find = (context, { images }) => {
  const seen = new Set<string>()
  return destinations(context).flatMap(({ place, targets }) =>
    images
      .filter(
        (copy) => placeId(copy.to) === placeId(place) && (copy.mode === 'copy' || copy.mode === 'replicated'),
      )
      .flatMap((copy): readonly Finding[] => {
        const id = `${placeId(place)}/${copy.repository}`
        if (seen.has(id)) return []
        seen.add(id)
        const repository = repositoryIn(context, copy.repository, targets)
        const where = { path: 'replicate.images', ...(targets[0] ? { target: targets[0] } : {}) }
        const name = `repository ${copy.repository} in ${labelPlace(context, place)}`
        return [
          ...(repository?.problem === undefined
            ? []
            : [
                error(
                  'repository-unusable',
                  where,
                  `${name} cannot be used: ${repository.problem}`,
                  'let the account’s role push to it and read its lifecycle policy',
                ),
              ]),
          ...(repository?.expires === undefined
            ? []
            : [
                error(
                  'image-would-expire',
                  where,
                  `${name} has a lifecycle rule that would expire the image while it serves: ${repository.expires}`,
                  'exclude tags that begin with `sluice-` from the rule; SageMaker pulls the image again whenever it patches or scales',
                ),
              ]),
        ]
      }),
  )
}
