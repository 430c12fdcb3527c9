import type { World } from '../core/types.ts'
import { unpackArtifact, ArtifactError, type ModelFiles } from '../serving/artifact.ts'
import { listPrefix, readObject, type ReadFailure } from '../s3/read.ts'
import type { Wire } from './state.ts'

/** For whom model data is read: the account and Region of the model, and its execution role. */
export interface Reader {
  readonly accountId: string
  readonly region: string
  readonly roleArn: string | undefined
}

/** Why a container cannot have its model data. */
export interface ModelDataProblem {
  readonly uri: string
  readonly reason: ReadFailure | 'Unreadable'
}

/** The largest artifact that the sandbox unpacks. */
const LARGEST = 256 * 1024 * 1024

const request = (uri: string, { accountId, region, roleArn }: Reader) => ({
  uri,
  accountId,
  region,
  principalArn: roleArn,
})

const sourcesOf = (
  container: Wire,
): readonly { readonly uri: string; readonly prefix: boolean; readonly packed: boolean }[] => {
  const sources = []
  if (container.ModelDataUrl)
    sources.push({
      uri: container.ModelDataUrl as string,
      prefix: container.Mode === 'MultiModel',
      packed: container.Mode !== 'MultiModel',
    })
  const listed = [container.ModelDataSource, ...(container.AdditionalModelDataSources ?? [])]
  for (const { S3DataSource } of listed.filter((source) => source?.S3DataSource)) {
    sources.push({
      uri: S3DataSource.S3Uri as string,
      prefix: S3DataSource.S3DataType === 'S3Prefix',
      packed: S3DataSource.CompressionType === 'Gzip',
    })
  }
  return sources
}

/** Where a container's own model data is; undefined when it has none. */
export const modelDataUri = (container: Wire): string | undefined => sourcesOf(container)[0]?.uri

/** Whether all model data of a container can be read now, in the reader's own Region. */
export const checkModelData = (
  world: World,
  container: Wire,
  reader: Reader,
): ModelDataProblem | undefined => {
  for (const { uri, prefix } of sourcesOf(container)) {
    const found = prefix ? listPrefix(world, request(uri, reader)) : readObject(world, request(uri, reader))
    const reason =
      typeof found === 'string' ? found : 'found' in found && !found.found ? found.reason : undefined
    if (reason) return { uri, reason: reason as ReadFailure }
  }
  return undefined
}

/** Fetches and unpacks a container's model data, as SageMaker does when an instance starts. Undefined files: it has none. */
export const fetchModelData = async (
  world: World,
  container: Wire,
  reader: Reader,
): Promise<{ readonly files: ModelFiles | undefined } | ModelDataProblem> => {
  const problem = checkModelData(world, container, reader)
  if (problem) return problem
  const [main] = sourcesOf(container)
  if (!main) return { files: undefined }
  const { uri, prefix, packed } = main
  if (prefix) {
    const keys = listPrefix(world, request(uri, reader)) as readonly string[]
    const bucket = uri.slice('s3://'.length).split('/')[0]!
    const base = uri.slice(`s3://${bucket}/`.length)
    const files = new Map<string, Buffer>()
    for (const key of keys) {
      const object = readObject(world, request(`s3://${bucket}/${key}`, reader))
      if (object.found && object.version.size <= LARGEST)
        files.set(key.slice(base.length).replace(/^\//, ''), object.bytes())
    }
    return { files }
  }
  const object = readObject(world, request(uri, reader))
  if (!object.found || object.version.size > LARGEST) return { uri, reason: 'Unreadable' }
  if (!packed) return { files: new Map([[uri.slice(uri.lastIndexOf('/') + 1), object.bytes()]]) }
  try {
    return { files: await unpackArtifact(object.bytes()) }
  } catch (error) {
    if (error instanceof ArtifactError) return { uri, reason: 'Unreadable' }
    throw error
  }
}
