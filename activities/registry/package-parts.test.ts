import { describe, expect, it } from 'vitest'
import { findImages, findReferences, refusals } from './package-parts.ts'
import { rewritePackage } from './rewrite-package.ts'

const image = '111111111111.dkr.ecr.eu-west-1.amazonaws.com/scorer'
const spec = {
  Containers: [
    {
      Image: `${image}:v1`,
      ImageDigest: `sha256:${'a'.repeat(64)}`,
      ModelDataUrl: 's3://m/a/model.tar.gz',
      ModelDataETag: 'etag-of-the-original',
      Environment: { SAGEMAKER_SUBMIT_DIRECTORY: 's3://m/code/sourcedir.tar.gz', LEVEL: 'info' },
    },
    {
      Image: `${image}:v2`,
      ModelDataSource: {
        S3DataSource: { S3Uri: 's3://m/b/', S3DataType: 'S3Prefix', CompressionType: 'None' },
      },
    },
  ],
  SupportedContentTypes: ['text/csv'],
}
const described = {
  ModelPackageArn: 'arn:aws:sagemaker:eu-west-1:111111111111:model-package/scorer/3',
  InferenceSpecification: spec,
  ModelMetrics: { ModelQuality: { Statistics: { ContentType: 'application/json', S3Uri: 's3://m/q.json' } } },
  ValidationSpecification: {
    ValidationProfiles: [
      {
        TransformJobDefinition: {
          TransformInput: { DataSource: { S3DataSource: { S3Uri: 's3://m/in', S3DataType: 'S3Prefix' } } },
          TransformOutput: { S3OutputPath: 's3://m/out' },
        },
      },
    ],
  },
  SamplePayloadUrl: 's3://m/payload.tar.gz',
  CustomerMetadataProperties: { 'trained-on': 's3://lake/everything/' },
  ModelPackageStatus: 'Completed',
  Domain: 'MACHINE_LEARNING',
} as never

describe('what a package refers to', () => {
  it('is every s3:// string with its field, in environments too, but not outputs and provenance', () => {
    expect(findReferences(described).map(({ uri, kind, field }) => [uri, kind, field])).toEqual([
      ['s3://m/a/model.tar.gz', 'object', 'InferenceSpecification.Containers[0].ModelDataUrl'],
      [
        's3://m/code/sourcedir.tar.gz',
        'object',
        'InferenceSpecification.Containers[0].Environment.SAGEMAKER_SUBMIT_DIRECTORY',
      ],
      ['s3://m/b/', 'prefix', 'InferenceSpecification.Containers[1].ModelDataSource.S3DataSource.S3Uri'],
      [
        's3://m/in',
        'prefix',
        'ValidationSpecification.ValidationProfiles[0].TransformJobDefinition.TransformInput.DataSource.S3DataSource.S3Uri',
      ],
      ['s3://m/q.json', 'object', 'ModelMetrics.ModelQuality.Statistics.S3Uri'],
      ['s3://m/payload.tar.gz', 'object', 'SamplePayloadUrl'],
    ])
  })

  it('has every image once, with the digest that was registered', () => {
    expect([...findImages(described)]).toEqual([
      [`${image}:v1`, `sha256:${'a'.repeat(64)}`],
      [`${image}:v2`, undefined],
    ])
  })

  it.each([
    [
      'a Marketplace product',
      { Containers: [{ Image: 'x', ProductId: 'prod-1' }] },
      /Marketplace product prod-1/,
    ],
    [
      'a manifest',
      { Containers: [{ Image: 'x', ModelDataSource: { S3DataSource: { ManifestS3Uri: 's3://m/x' } } }] },
      /is a manifest/,
    ],
    [
      'JumpStart data',
      { Containers: [{ Image: 'x', ModelDataUrl: 's3://jumpstart-cache-prod-eu-west-1/m' }] },
      /JumpStart bucket/,
    ],
    [
      'hub content',
      {
        Containers: [
          { Image: 'x', ModelDataSource: { S3DataSource: { HubAccessConfig: { HubContentArn: 'arn:h' } } } },
        ],
      },
      /content of a hub/,
    ],
    ['nothing to run', { Containers: [] }, /no inference specification/],
  ])('is refused when it is %s', (_what, InferenceSpecification, reason) => {
    expect(refusals({ InferenceSpecification } as never).join()).toMatch(reason)
  })

  it('is not refused when it is ordinary', () => {
    expect(refusals(described)).toEqual([])
  })
})

describe('rewriting a package', () => {
  const rewrites = {
    artifacts: Object.fromEntries(
      findReferences(described).map(({ uri }) => [uri, uri.replace('s3://m/', 's3://copy/')]),
    ),
    images: Object.fromEntries(
      [...findImages(described).keys()].map((name) => [
        name,
        `333333333333.dkr.ecr.us-east-1.amazonaws.com/scorer@sha256:${'b'.repeat(64)}`,
      ]),
    ),
  }

  it('replaces every reference and image, keeps everything else, and drops what only the original had', () => {
    const request = rewritePackage(described, rewrites, { mayKeep: false })
    expect(JSON.stringify(request)).not.toMatch(/s3:\/\/m\/(?!out)|111111111111/)
    expect(request).toMatchObject({
      Domain: 'MACHINE_LEARNING',
      CustomerMetadataProperties: { 'trained-on': 's3://lake/everything/' },
      InferenceSpecification: {
        SupportedContentTypes: ['text/csv'],
        Containers: [{ Environment: { LEVEL: 'info' }, ImageDigest: `sha256:${'b'.repeat(64)}` }, {}],
      },
    })
    expect(request).not.toHaveProperty('ModelPackageArn')
    expect(request).not.toHaveProperty('ModelPackageStatus')
    expect(request.InferenceSpecification?.Containers?.[0]).not.toHaveProperty('ModelDataETag')
  })

  it('refuses another Region loudly, naming every field that was not copied there', () => {
    const without = { ...rewrites, artifacts: { ...rewrites.artifacts, 's3://m/q.json': undefined as never } }
    expect(() => rewritePackage(described, without, { mayKeep: false })).toThrow(
      /ModelMetrics\.ModelQuality\.Statistics\.S3Uri \(s3:\/\/m\/q\.json\)/,
    )
    expect(() => rewritePackage(described, without, { mayKeep: true })).not.toThrow()
  })
})
