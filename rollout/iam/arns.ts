import type { Place } from '../target.ts'

/** In a preview names end in a hash that is not known yet. */
const unknownHash = /x{8}/g

const partitionOf = (region: string): string =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'

/** `arn:aws:sagemaker:eu-west-1:222222222222:endpoint/fraud-scorer`; SageMaker writes names in lower case there. */
export function sagemakerArn({ accountId, region }: Place, kind: string, name: string): string {
  const written = name.replaceAll(unknownHash, '*').toLowerCase()
  return `arn:${partitionOf(region)}:sagemaker:${region}:${accountId}:${kind}/${written}`
}

export function alarmArn({ accountId, region }: Place, name: string): string {
  return `arn:${partitionOf(region)}:cloudwatch:${region}:${accountId}:alarm:${name.replaceAll(unknownHash, '*')}`
}

/** `<account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>` → the repository's ARN; undefined when it is none of ECR. */
export function repositoryArn(image: string): string | undefined {
  const found = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)/.exec(image)
  if (!found) return undefined
  const [, accountId = '', region = '', repository = ''] = found
  return `arn:${partitionOf(region)}:ecr:${region}:${accountId}:repository/${repository}`
}

/** The bucket, and the objects at or below an `s3://` address. */
export function s3Arns(
  address: string,
  region: string,
): { readonly bucket: string; readonly objects: string } {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(address) ?? []
  const start = `arn:${partitionOf(region)}:s3:::${bucket}`
  return { bucket: start, objects: `${start}/${key === '' || key.endsWith('/') ? `${key}*` : key}` }
}
