import { expect, it } from 'vitest'
import { toContainers } from './containers.ts'

const digest = `sha256:${'a'.repeat(64)}`
const ecr = '111111111111.dkr.ecr.eu-west-1.amazonaws.com/fraud'

it('replaces every reference by its copy and lays the environment over the package’s own', () => {
  const [container] = toContainers(
    [
      {
        Image: `${ecr}:latest`,
        ModelDataUrl: 's3://hub/fraud/model.tar.gz',
        Environment: { LEVEL: 'info', THREADS: '2' },
        Framework: 'SKLEARN',
        ModelInput: { DataInputConfig: '{}' },
      },
    ],
    {
      artifacts: { 's3://hub/fraud/model.tar.gz': 's3://models-eu/fraud/38/ab/model.tar.gz' },
      images: { [`${ecr}:latest`]: `333333333333.dkr.ecr.eu-west-1.amazonaws.com/fraud@${digest}` },
    },
    { LEVEL: 'debug' },
  )
  expect(container).toEqual({
    Image: `333333333333.dkr.ecr.eu-west-1.amazonaws.com/fraud@${digest}`,
    ModelDataUrl: 's3://models-eu/fraud/38/ab/model.tar.gz',
    Environment: { LEVEL: 'debug', THREADS: '2' },
  })
})

it('drops the ETag of a source that was copied, and keeps that of one that was not', () => {
  const source = (uri: string) => ({
    S3DataSource: { S3Uri: uri, S3DataType: 'S3Prefix', CompressionType: 'None', ETag: 'e' } as const,
  })
  const [copied, kept] = toContainers(
    [
      { Image: ecr, ModelDataSource: source('s3://hub/a/') },
      { Image: ecr, ModelDataSource: source('s3://hub/b/') },
    ],
    { artifacts: { 's3://hub/a/': 's3://models/a/' }, images: {} },
    {},
  )
  expect(copied?.ModelDataSource?.S3DataSource).toEqual({
    S3Uri: 's3://models/a/',
    S3DataType: 'S3Prefix',
    CompressionType: 'None',
  })
  expect(kept?.ModelDataSource?.S3DataSource?.ETag).toBe('e')
})

it.each([
  ['a tag', `${ecr}:1.2`, `${ecr}@${digest}`],
  ['a registry with a port', 'localhost:5000/fraud', `localhost:5000/fraud@${digest}`],
  ['a digest already', `${ecr}@${digest}`, `${ecr}@${digest}`],
])('pins an image that is not copied to the package’s digest: %s', (_title, image, pinned) => {
  const none = { artifacts: {}, images: {} }
  expect(toContainers([{ Image: image, ImageDigest: digest }], none, {})[0]?.Image).toBe(pinned)
})
