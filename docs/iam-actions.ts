/**
 * Where an SDK call is allowed by another action than its own name. Source: the service authorization reference of AWS,
 * and for S3 "Required permissions for Amazon S3 API operations".
 */
const otherwise: Readonly<Record<string, readonly string[]>> = {
  's3:HeadObject': ['s3:GetObject', 's3:GetObjectVersion'],
  's3:GetObject': ['s3:GetObject', 's3:GetObjectVersion'],
  's3:GetObjectTagging': ['s3:GetObjectTagging', 's3:GetObjectVersionTagging'],
  's3:HeadBucket': ['s3:ListBucket'],
  's3:ListObjectsV2': ['s3:ListBucket'],
  's3:CopyObject': ['s3:PutObject', 's3:PutObjectTagging', 's3:GetObject', 's3:GetObjectVersion'],
  's3:CreateMultipartUpload': ['s3:PutObject', 's3:PutObjectTagging'],
  's3:UploadPart': ['s3:PutObject'],
  's3:UploadPartCopy': ['s3:PutObject', 's3:GetObject', 's3:GetObjectVersion'],
  's3:CompleteMultipartUpload': ['s3:PutObject'],
  's3:ListParts': ['s3:ListMultipartUploadParts'],
  's3:ListMultipartUploads': ['s3:ListBucketMultipartUploads'],
  // Anybody may ask who they are.
  'sts:GetCallerIdentity': [],
  // What is created with tags, or runs as a role, or scales by alarms that Application Auto Scaling makes for the caller.
  'sagemaker:CreateModel': ['sagemaker:CreateModel', 'sagemaker:AddTags', 'iam:PassRole'],
  'cloudwatch:PutMetricAlarm': ['cloudwatch:PutMetricAlarm', 'cloudwatch:TagResource'],
  'ecr:CreateRepository': ['ecr:CreateRepository', 'ecr:TagResource'],
}

/** What S3 and SageMaker do with customers' keys in the caller's name. */
const keys = ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey', 'kms:CreateGrant']

const prefixes: Readonly<Record<string, string>> = {
  'application-auto-scaling': 'application-autoscaling',
  'sagemaker-runtime': 'sagemaker',
  'service-quotas': 'servicequotas',
}

/** The calls in these sources, as `service:Operation`, and the IAM actions that allow them. */
export function neededActions(sources: readonly string[]): {
  readonly calls: readonly string[]
  readonly actions: ReadonlySet<string>
} {
  const calls = new Set(
    sources.flatMap((source) =>
      [...source.matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-([\w-]+)'/g)].flatMap(
        ([, names = '', client = '']) =>
          operationsIn(names).map((name) => `${prefixes[client] ?? client}:${name}`),
      ),
    ),
  )
  const actions = [...calls].flatMap((call) => otherwise[call] ?? [call])
  return { calls: [...calls], actions: new Set([...actions, ...keys]) }
}

function operationsIn(names: string): readonly string[] {
  return [...names.matchAll(/\b(?:(\w+)Command|paginate(\w+))\b/g)].map(
    ([, sent, paged]) => sent ?? paged ?? '',
  )
}
