import type { Account, Document } from '../document/types.ts'
import type { Plan, PlannedTarget } from '../plan/types.ts'
import type { Place } from '../target.ts'
import { alarmArn, repositoryArn, s3Arns, sagemakerArn } from './arns.ts'
import type { Condition, Grant } from './types.ts'

const readObject = ['s3:GetObject', 's3:GetObjectVersion']
const only = (place: Place): Condition => ({ StringEquals: { 'aws:RequestedRegion': place.region } })
const by = ({ accountId, role }: Place) => ({ accountId, role: role ?? null })
const known = (arn: string | undefined): readonly string[] => (arn === undefined ? [] : [arn])

function placeOf(account: Account, region: string): Place {
  return { accountId: account.id, region, ...(account.role ? { role: account.role } : {}) }
}

/** Reading the package, what it refers to, and golden sets. */
export function registryGrants(document: Document, plan: Plan): readonly Grant[] {
  const arn = document.model.package
  const [, , , region = '', accountId = ''] = arn.split(':')
  const account = Object.values(document.accounts).find(({ id }) => id === accountId) ?? { id: accountId }
  const who = by(placeOf(account, region))
  const sources = [
    ...new Set([
      ...plan.artifacts.map(({ source }) => source),
      ...everyTarget(plan).flatMap(({ rewrites }) => Object.keys(rewrites.artifacts)),
      ...(document.staging?.tests ?? []).flatMap((test) =>
        test.kind === 'dataset'
          ? [test.dataset.input, test.dataset.expected].filter((at) => at !== undefined)
          : [],
      ),
    ]),
  ]
    .filter((source) => source.startsWith('s3://'))
    .map((source) => s3Arns(source, region))
  const repositories = plan.images.flatMap(({ source }) => known(repositoryArn(source)))
  return [
    { ...who, sid: 'Package', actions: ['sagemaker:DescribeModelPackage'], resources: [arn] },
    {
      ...who,
      sid: 'Artifacts',
      actions: [...readObject, 's3:GetObjectTagging', 's3:GetObjectVersionTagging'],
      resources: sources.map(({ objects }) => objects),
    },
    {
      ...who,
      sid: 'ArtifactsBelowAPrefix',
      actions: ['s3:ListBucket'],
      resources: sources.map(({ bucket }) => bucket),
    },
    {
      ...who,
      sid: 'Images',
      actions: [
        'ecr:BatchGetImage',
        'ecr:GetDownloadUrlForLayer',
        ...(plan.images.some(({ mode }) => mode === 'replicated')
          ? ['ecr:DescribeImageReplicationStatus']
          : []),
      ],
      resources: repositories,
    },
  ]
}

/** Staging is tested, not watched. */
const watching = ['cloudwatch:DescribeAlarms', 'cloudwatch:DescribeAlarmHistory', 'cloudwatch:GetMetricData']

/** Everything at one endpoint, by the role of its account. */
export function targetGrants(document: Document, target: PlannedTarget): readonly Grant[] {
  const who = by(target)
  const { names, candidate } = target
  const endpoint = sagemakerArn(target, 'endpoint', target.endpoint)
  const everyConfig = sagemakerArn(target, 'endpoint-config', '*')
  const everyModel = sagemakerArn(target, 'model', '*')
  const model = sagemakerArn(target, 'model', names.model)
  const configs = [names.bakeConfig, names.finalConfig, names.revertConfig].map((name) =>
    sagemakerArn(target, 'endpoint-config', name),
  )
  const makes = target.stage === 'staging' || target.action === 'create'
  const own = target.alarms
    .filter(({ kind }) => kind !== 'existing')
    .map(({ name }) => alarmArn(target, name))
  const region = only(target)
  return [
    {
      ...who,
      sid: 'Look',
      actions: [
        'sagemaker:ListEndpoints',
        'sagemaker:DescribeEndpoint',
        'sagemaker:DescribeEndpointConfig',
        'sagemaker:DescribeModel',
        'sagemaker:ListEndpointConfigs',
        'sagemaker:ListModels',
        'sagemaker:ListTags',
        'application-autoscaling:DescribeScalableTargets',
        'application-autoscaling:DescribeScalingPolicies',
        'application-autoscaling:DescribeScheduledActions',
        ...(target.stage === 'staging' ? [] : watching),
        'servicequotas:ListServiceQuotas',
        'ecr:BatchGetImage',
      ],
      resources: ['*'],
      condition: region,
    },
    {
      ...who,
      sid: 'Package',
      actions: ['sagemaker:DescribeModelPackage'],
      resources: [document.model.package],
    },
    {
      ...who,
      sid: 'MakeWhatThePlanNames',
      actions: ['sagemaker:CreateModel', 'sagemaker:CreateEndpointConfig', 'sagemaker:AddTags'],
      resources: [model, ...configs],
    },
    {
      ...who,
      sid: 'Endpoint',
      actions: [
        'sagemaker:UpdateEndpoint',
        'sagemaker:UpdateEndpointWeightsAndCapacities',
        'sagemaker:InvokeEndpoint',
        ...(makes ? ['sagemaker:CreateEndpoint', 'sagemaker:DeleteEndpoint'] : []),
      ],
      resources: [endpoint, ...configs, everyConfig],
    },
    {
      ...who,
      sid: 'DeleteOnlyWhatSluiceMade',
      actions: ['sagemaker:DeleteModel', 'sagemaker:DeleteEndpointConfig'],
      resources: [everyModel, everyConfig],
      condition: { Null: { 'aws:ResourceTag/sluice:rollout': 'false' } },
    },
    {
      ...who,
      sid: 'PassTheModelsRole',
      actions: ['iam:PassRole'],
      resources: [candidate.model.executionRole],
      condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    },
    {
      ...who,
      sid: 'AlarmsOfThisRollout',
      actions: [
        'cloudwatch:PutMetricAlarm',
        'cloudwatch:DeleteAlarms',
        'cloudwatch:ListTagsForResource',
        'cloudwatch:TagResource',
      ],
      resources: own.length === 0 ? [] : [...own, alarmArn(target, 'TargetTracking-*')],
    },
    {
      ...who,
      sid: 'Scaling',
      actions: [
        'application-autoscaling:RegisterScalableTarget',
        'application-autoscaling:DeregisterScalableTarget',
        'application-autoscaling:PutScalingPolicy',
        'application-autoscaling:PutScheduledAction',
      ],
      resources: ['*'],
      condition: {
        StringEquals: {
          'aws:RequestedRegion': target.region,
          'application-autoscaling:service-namespace': 'sagemaker',
        },
      },
    },
    {
      ...who,
      sid: 'KeyOfTheVolumes',
      actions: ['kms:DescribeKey', 'kms:CreateGrant'],
      resources: known(document.endpoint.kmsKeys?.volume).filter((key) => key.startsWith('arn:')),
      condition: { BoolIfExists: { 'kms:GrantIsForAWSResource': 'true' } },
    },
  ]
}

/** Copies of artifacts and images, by the role of the account that gets them. */
export function copyGrants(plan: Plan): readonly Grant[] {
  const artifacts = plan.artifacts.flatMap(({ source, destination, from, to, kmsKey }): readonly Grant[] => {
    const there = s3Arns(destination, to.region)
    const here = s3Arns(source, from.region)
    return [
      { ...by(to), sid: 'ReadTheSource', actions: readObject, resources: [here.objects] },
      {
        ...by(to),
        sid: 'Copies',
        actions: [
          's3:GetObject',
          's3:PutObject',
          's3:PutObjectTagging',
          's3:AbortMultipartUpload',
          's3:ListMultipartUploadParts',
        ],
        resources: [there.objects],
      },
      {
        ...by(to),
        sid: 'CopiesThatAreThere',
        actions: ['s3:ListBucket', 's3:ListBucketMultipartUploads'],
        resources: [there.bucket],
      },
      {
        ...by(to),
        sid: 'KeyOfTheArtifacts',
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: known(kmsKey).filter((key) => key.startsWith('arn:')),
      },
    ]
  })
  const images = plan.images.map(({ mode, destination, to }): Grant => {
    const writes = [
      'ecr:CreateRepository',
      'ecr:TagResource',
      'ecr:BatchCheckLayerAvailability',
      'ecr:InitiateLayerUpload',
      'ecr:UploadLayerPart',
      'ecr:CompleteLayerUpload',
      'ecr:PutImage',
    ]
    return {
      ...by(to),
      sid: 'ImagesHere',
      actions: [
        'ecr:BatchGetImage',
        'ecr:DescribeRepositories',
        'ecr:GetLifecyclePolicy',
        ...(mode === 'copy' ? writes : []),
      ],
      resources: known(repositoryArn(destination)),
    }
  })
  return [...artifacts, ...images]
}

/** What stable serves must still be readable when its fleet is made anew. Its place is not in the plan: by its buckets. */
export function stableGrants(plan: Plan): readonly Grant[] {
  const buckets = plan.artifacts.map(({ source, from }) => s3Arns(source, from.region).bucket)
  return plan.targets
    .filter(({ action }) => action === 'update')
    .map((target) => ({
      ...by(target),
      sid: 'WhatStableServes',
      actions: ['s3:GetObject', 's3:ListBucket'],
      resources: [
        ...new Set([
          ...buckets,
          ...plan.artifacts
            .filter(({ to }) => to.accountId === target.accountId)
            .map(({ destination, to }) => s3Arns(destination, to.region).bucket),
        ]),
      ].flatMap((bucket) => [bucket, `${bucket}/*`]),
    }))
}

export function promoteGrants({ promote }: Plan): readonly Grant[] {
  if (!promote) return []
  const { to, groupArn, group } = promote
  return [
    {
      ...by(to),
      sid: 'Register',
      actions: [
        'sagemaker:DescribeModelPackageGroup',
        'sagemaker:CreateModelPackageGroup',
        'sagemaker:ListModelPackages',
        'sagemaker:DescribeModelPackage',
        'sagemaker:CreateModelPackage',
        'sagemaker:AddTags',
      ],
      resources: [groupArn, `${sagemakerArn(to, 'model-package', group)}/*`],
    },
  ]
}

export function recordGrants({ record, accounts }: Document): readonly Grant[] {
  const account = record && accounts[record.account]
  if (!record || !account) return []
  const { bucket, objects } = s3Arns(`${record.to.replace(/\/$/, '')}/`, '')
  const who = by(placeOf(account, ''))
  return [
    { ...who, sid: 'Record', actions: ['s3:PutObject', 's3:GetObject'], resources: [objects] },
    { ...who, sid: 'RecordsThatAreThere', actions: ['s3:ListBucket'], resources: [bucket] },
  ]
}

/** The worker's own: to become the roles above. */
export function workerGrants(document: Document): readonly Grant[] {
  const roles = Object.values(document.accounts).flatMap(({ role }) => known(role))
  return [{ accountId: '', role: null, sid: 'BecomeTheRoles', actions: ['sts:AssumeRole'], resources: roles }]
}

export function everyTarget(plan: Plan): readonly PlannedTarget[] {
  return [...(plan.staging ? [plan.staging] : []), ...plan.targets]
}
