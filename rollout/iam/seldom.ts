const resume = 'a copy was cut off, or is above 5 GB'
const versions = 'the source bucket has versioning'
const scaling = 'the endpoint scales by itself'
const makesEndpoint = 'an endpoint is made or deleted: staging, first deployments and their way back'
const goesBack = 'what was made is taken away: on the way back, and of earlier rollouts'
const newRepository = 'the repository does not exist yet'
const ownAlarms = 'alarms are made for the rollout, and taken away after it'
const copies = 'the copy is not there yet'

/** Actions that a rollout without trouble may not need, and when they are used. */
export const seldomUsed: Readonly<Record<string, string>> = {
  's3:GetObjectVersion': versions,
  's3:GetObjectVersionTagging': versions,
  's3:GetObjectTagging': copies,
  's3:PutObject': copies,
  's3:PutObjectTagging': copies,
  's3:AbortMultipartUpload': resume,
  's3:ListMultipartUploadParts': resume,
  's3:ListBucketMultipartUploads': resume,
  's3:ListBucket': 'an artifact is a prefix, or is missing',
  'ecr:CreateRepository': newRepository,
  'ecr:TagResource': newRepository,
  'ecr:GetLifecyclePolicy': 'the repository exists',
  'ecr:BatchCheckLayerAvailability': copies,
  'ecr:InitiateLayerUpload': copies,
  'ecr:UploadLayerPart': copies,
  'ecr:CompleteLayerUpload': copies,
  'ecr:PutImage': copies,
  'ecr:GetDownloadUrlForLayer': copies,
  'ecr:DescribeImageReplicationStatus': 'images are replicated by ECR',
  'sagemaker:CreateEndpoint': makesEndpoint,
  'sagemaker:DeleteEndpoint': makesEndpoint,
  'sagemaker:DeleteModel': goesBack,
  'sagemaker:DeleteEndpointConfig': goesBack,
  'sagemaker:UpdateEndpointWeightsAndCapacities': 'traffic is shifted by weights',
  'sagemaker:UpdateEndpoint': 'an endpoint exists already',
  'sagemaker:AddTags': 'a resource is made; every one carries the tag of its rollout',
  'sagemaker:ListTags': 'it must be seen which rollout made a resource',
  'sagemaker:ListEndpoints': 'the quota is near',
  'sagemaker:ListEndpointConfigs': 'what earlier rollouts left is looked for, after a commit',
  'sagemaker:ListModels': 'what earlier rollouts left is looked for, after a commit',
  'sagemaker:DescribeModelPackage':
    'a model is made from the package; with a role, also by the account of the package',
  'application-autoscaling:DescribeScalableTargets': 'the endpoint exists already',
  'application-autoscaling:DescribeScalingPolicies': 'the endpoint exists already',
  'application-autoscaling:DescribeScheduledActions': 'the endpoint exists already',
  'sagemaker:CreateModelPackageGroup': 'the group does not exist yet',
  'cloudwatch:PutMetricAlarm': ownAlarms,
  'cloudwatch:DeleteAlarms': ownAlarms,
  'cloudwatch:TagResource': ownAlarms,
  'cloudwatch:ListTagsForResource': ownAlarms,
  'cloudwatch:DescribeAlarmHistory': 'an alarm was red between two looks',
  'application-autoscaling:RegisterScalableTarget': scaling,
  'application-autoscaling:DeregisterScalableTarget': scaling,
  'application-autoscaling:PutScalingPolicy': scaling,
  'application-autoscaling:PutScheduledAction': scaling,
  'kms:Decrypt': 'artifacts are encrypted with a key of your own',
  'kms:GenerateDataKey': 'artifacts are encrypted with a key of your own',
  'kms:DescribeKey': 'volumes are encrypted with a key of your own',
  'kms:CreateGrant': 'volumes are encrypted with a key of your own',
  'iam:PassRole': 'a model is made that runs as this role; AWS checks it without a call',
}
