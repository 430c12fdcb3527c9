import type { World } from '../core/types.ts'
import { resolveImage, type ResolvedImage } from '../ecr/resolve.ts'
import type { Wire } from './state.ts'

/** The account and Region that pull. */
export interface Puller {
  readonly accountId: string
  readonly region: string
}

/** Why a container's image cannot be pulled, in SageMaker's words; undefined when it can. */
export const imageProblem = (
  world: World,
  { Image, ImageConfig }: Wire,
  puller: Puller,
): string | undefined => {
  const found = resolveImage(world, Image, puller)
  if (found.found) return undefined
  switch (found.reason) {
    case 'NotEcr':
      return ImageConfig?.RepositoryAccessMode === 'Vpc'
        ? undefined
        : `Using non-ECR image "${Image}" without Vpc repository access mode is not supported.`
    case 'WrongRegion':
      return `Region of "${Image}" does not match expected region of ${puller.region}. Cross region ECR image pulls are not allowed.`
    case 'AccessDenied':
      return `The repository of the image "${Image}" does not grant ecr:GetDownloadUrlForLayer, ecr:BatchGetImage, ecr:BatchCheckLayerAvailability permission to sagemaker.amazonaws.com service principal/role.`
    case 'NoSuchImage':
      return `Requested image ${Image} not found.`
  }
}

const found = (
  world: World,
  image: string,
  puller: Puller,
): Extract<ResolvedImage, { found: true }> | undefined => {
  const result = resolveImage(world, image, puller)
  return result.found ? result : undefined
}

/** The image by digest, as DescribeEndpoint shows it; as it was written when it is no ECR image. */
export const resolvedName = (world: World, image: string, puller: Puller): string =>
  found(world, image, puller)?.resolved ?? image

/** The digest that an image has now, if the account can see it. */
export const digestOf = (world: World, image: string, puller: Puller): string | undefined =>
  found(world, image, puller)?.digest

const BIND = 'com.amazonaws.sagemaker.capabilities.accept-bind-to-port'

/** Whether an image may run beside others: each must be able to listen on the port it is told. */
export const acceptsPort = (world: World, image: string, puller: Puller): boolean => {
  const result = found(world, image, puller)
  return result === undefined || result.labels[BIND] === 'true'
}
