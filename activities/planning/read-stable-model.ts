import { HeadObjectCommand } from '@aws-sdk/client-s3'
import {
  DescribeModelCommand,
  type ContainerDefinition,
  type DescribeModelOutput,
} from '@aws-sdk/client-sagemaker'
import type { StableModelFacts, VariantFacts } from '../../rollout/facts.ts'
import type { Place } from '../../rollout/target.ts'
import { isNotFound } from '../aws/predicates.ts'
import { fail } from '../failure.ts'
import { describePackage } from '../registry/find-registered.ts'
import { findReferences } from '../registry/package-parts.ts'
import { parseImage } from '../replication/image-address.ts'
import { hasObjects } from '../replication/list-objects.ts'
import { readManifest } from '../replication/manifest.ts'
import { parseS3 } from '../replication/s3-address.ts'
import { isUnreadable, readable, type AwsReading } from './reading.ts'

/** The model that stable serves, and every reason why its fleet would not start again. */
export async function readStableModel(
  reading: AwsReading,
  place: Place,
  name: string,
  stable: Pick<VariantFacts, 'images'>,
): Promise<StableModelFacts> {
  const model = await readable(reading, () => describeModel(reading, place, name))
  if (isUnreadable(model)) return { name, problems: [model.unreadable] }
  const containers = model.PrimaryContainer ? [model.PrimaryContainer] : (model.Containers ?? [])
  const problems = await Promise.all(
    containers.map((container, index) => problemsOf(reading, place, container, stable.images[index])),
  )
  const { ExecutionRoleArn: executionRole, VpcConfig: vpc, EnableNetworkIsolation: networkIsolation } = model
  return {
    name,
    problems: problems.flat(),
    ...(executionRole && { executionRole }),
    ...(vpc && { vpc: { subnets: vpc.Subnets ?? [], securityGroups: vpc.SecurityGroupIds ?? [] } }),
    ...(networkIsolation !== undefined && { networkIsolation }),
    // Serial is what several containers are where nothing is said.
    ...(containers.length > 1 && {
      invocation: model.InferenceExecutionConfig?.Mode === 'Direct' ? 'direct' : 'serial',
    }),
  }
}

async function describeModel(
  { aws, session }: AwsReading,
  place: Place,
  name: string,
): Promise<DescribeModelOutput> {
  try {
    return await aws.sagemaker(place, session).send(new DescribeModelCommand({ ModelName: name }))
  } catch (error) {
    if (isNotFound(error)) throw fail('NotFound', `model ${name} was deleted`)
    throw error
  }
}

async function problemsOf(
  reading: AwsReading,
  place: Place,
  container: ContainerDefinition,
  running: string | undefined,
): Promise<string[]> {
  const { Image, ModelPackageName, ModelDataUrl, ModelDataSource, AdditionalModelDataSources } = container
  const data = {
    InferenceSpecification: { Containers: [{ ModelDataUrl, ModelDataSource, AdditionalModelDataSources }] },
  }
  const checks: [string, () => Promise<string | undefined>][] = findReferences(data as never).map(
    ({ uri, kind }) => [uri, () => checkData(reading, place, uri, kind)],
  )
  if (Image) checks.push([Image, () => checkImage(reading, place, Image, running)])
  if (ModelPackageName) checks.push([ModelPackageName, () => checkPackage(reading, place, ModelPackageName)])
  const found = await Promise.all(
    checks.map(async ([what, check]) => {
      const problem = await readable(reading, async () => ({ found: await check() }))
      return isUnreadable(problem) ? `${what}: ${problem.unreadable}` : problem.found
    }),
  )
  return found.filter((problem) => problem !== undefined)
}

async function checkData({ aws, session }: AwsReading, place: Place, uri: string, kind: 'object' | 'prefix') {
  const { bucket, key } = parseS3(uri)
  const s3 = aws.s3(place, session)
  if (kind === 'prefix') return (await hasObjects(s3, { bucket, key })) ? undefined : `${uri} is empty`
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
    return undefined
  } catch (error) {
    if (isNotFound(error)) return `${uri} does not exist any more`
    throw error
  }
}

/** A tag that moved is a problem as well: the fleet would come back with another image than it serves with now. */
async function checkImage(
  { aws, session }: AwsReading,
  place: Place,
  image: string,
  running: string | undefined,
) {
  const address = parseImage(image)
  if (!address) return undefined
  const { accountId: registryId, region, repository: name, tag = 'latest', digest } = address
  const ecr = aws.ecr({ ...place, region }, session)
  const manifest = await readManifest(
    { ecr, registryId, name },
    digest ? { imageDigest: digest } : { imageTag: tag },
  )
  if (!manifest) return `image ${image} does not exist any more`
  const serving = /sha256:[0-9a-f]{64}$/.exec(running ?? '')?.[0]
  // Of an index, SageMaker may say which of its images it runs.
  if (serving === undefined || serving === manifest.digest || manifest.children.includes(serving))
    return undefined
  return `image ${image} is ${manifest.digest} now, and stable serves with ${serving}: the tag was moved`
}

async function checkPackage({ aws, session }: AwsReading, place: Place, arn: string) {
  const found = await describePackage(aws.sagemaker(place, session), arn)
  return found ? undefined : `model package ${arn} does not exist any more`
}
