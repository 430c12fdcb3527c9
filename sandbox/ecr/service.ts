import type { Call, Service, World } from '../core/types.ts'
import {
  batchDeleteImage,
  batchGetImage,
  describeImageReplicationStatus,
  describeImages,
  listImages,
  putImage,
} from './images.ts'
import {
  batchCheckLayerAvailability,
  completeLayerUpload,
  getDownloadUrlForLayer,
  initiateLayerUpload,
  layerLinks,
  uploadLayerPart,
} from './layers.ts'
import { applyLifecycle } from './lifecycle.ts'
import { repositoryOperations } from './repositories.ts'
import {
  plantAwsImage,
  plantRegistry,
  plantRepository,
  type AwsImageSeed,
  type RegistrySeed,
  type RepositorySeed,
} from './seed.ts'
import { listRepositories, tagsOf } from './state.ts'

const dumpRepositories = (world: World) =>
  listRepositories(world).map((repository) => ({
    name: repository.name,
    accountId: repository.accountId,
    region: repository.region,
    mutability: repository.mutability,
    images: [...repository.images.values()].map(({ digest, mediaType, replication }) => ({
      digest,
      mediaType,
      tags: tagsOf(repository, digest),
      replication: [...replication.values()],
    })),
    layers: [...repository.layers].map(([digest, bytes]) => ({ digest, size: bytes.length })),
    uploads: repository.uploads.size,
  }))

/** ECR: private registries per account and Region, AWS's own among them. */
export const ecr: Service = {
  service: 'ecr',
  operations: {
    ...repositoryOperations,
    BatchGetImage: batchGetImage,
    DescribeImages: describeImages,
    ListImages: listImages,
    PutImage: putImage,
    BatchDeleteImage: batchDeleteImage,
    DescribeImageReplicationStatus: describeImageReplicationStatus,
    BatchCheckLayerAvailability: batchCheckLayerAvailability,
    GetDownloadUrlForLayer: getDownloadUrlForLayer,
    InitiateLayerUpload: initiateLayerUpload,
    UploadLayerPart: uploadLayerPart,
    CompleteLayerUpload: completeLayerUpload,
    GetAuthorizationToken: (call: Call) => ({
      authorizationData: [
        {
          authorizationToken: Buffer.from(`AWS:${call.principal.arn}`).toString('base64'),
          expiresAt: new Date(call.world.clock.now() + 12 * 3_600_000),
          proxyEndpoint: `https://${call.accountId}.dkr.ecr.${call.region}.amazonaws.com`,
        },
      ],
    }),
  },
  seeds: {
    registries: (world, registries: readonly RegistrySeed[]) => {
      for (const registry of registries) plantRegistry(world, registry)
    },
    repositories: (world, repositories: readonly RepositorySeed[]) => {
      for (const repository of repositories) plantRepository(world, repository)
    },
    awsImages: (world, images: readonly AwsImageSeed[]) => {
      for (const image of images) plantAwsImage(world, image)
    },
  },
  controls: { 'apply-lifecycle': applyLifecycle },
  faultKinds: {
    'layer-cut': { does: 'an ECR layer download breaks half-way' },
    'replication-failed': { does: 'ECR replication ends in FAILED' },
  },
  dumps: { repositories: dumpRepositories },
  links: layerLinks,
}
