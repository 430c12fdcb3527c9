/** What a plan can find: the beginning of its message (`…` stands for names and numbers), why it matters, and the cure. */
export interface FindingKind {
  readonly says: string
  /** Another beginning under the same code. */
  readonly alsoSays?: string
  readonly severity: 'error' | 'warning' | 'either'
  readonly means: string
  readonly cure: string
}

/** Every finding by its code, in the order of the document. Stable: scripts branch on codes. */
export const findingCodes = {
  'package-unreadable': {
    says: '… cannot be read: …',
    severity: 'error',
    means: 'The model package is not there, or the role of its account may not describe it.',
    cure: 'Check the ARN, the account’s `role`, and that it may call `sagemaker:DescribeModelPackage`.',
  },
  'package-not-completed': {
    says: '… is …; only a Completed package can be deployed',
    severity: 'error',
    means: 'SageMaker has not finished the package, or has failed to.',
    cure: 'Wait until SageMaker has finished it, or register it again.',
  },
  'package-not-approved': {
    says: '… is …; only an Approved package can be deployed',
    severity: 'error',
    means: 'The model registry has this version as pending or rejected.',
    cure: 'Approve it there (`sagemaker:UpdateModelPackage`), or roll out another version.',
  },
  'package-refused': {
    says: '… cannot be rolled out: …',
    severity: 'error',
    means:
      'The package is of a kind that cannot be brought elsewhere: a Marketplace product, an algorithm, one without containers.',
    cure: 'Register a package of your own, with its artifacts in S3 and its images in ECR.',
  },
  'account-denied': {
    says: 'account … cannot be entered…: …',
    severity: 'error',
    means:
      'The account’s role could not be assumed; or it has none, and the worker’s own credentials are of another account.',
    cure: 'Write the `role`; check its trust policy, the `externalId`, and that the worker may assume it.',
  },
  'group-missing': {
    says: 'model package group … does not exist in …',
    severity: 'error',
    means: 'Sluice makes no groups, because their policies are yours to decide.',
    cure: 'Create the group with its resource policy, or correct `promote.to`.',
  },
  'group-unreadable': {
    says: 'model package group … cannot be read: …',
    severity: 'error',
    means: 'The account’s role may not look at the group.',
    cure: 'Allow `sagemaker:DescribeModelPackageGroup` and `sagemaker:ListModelPackages`.',
  },
  'artifact-unreadable': {
    says: '… cannot be read: …',
    severity: 'error',
    means: 'An S3 object or prefix that the package refers to is not there, or may not be read.',
    cure: 'Check that it exists, and allow `s3:GetObject`, `s3:ListBucket` and, with a key, `kms:Decrypt`.',
  },
  'artifact-other-region': {
    says: 'the artifacts are in …, and SageMaker in … reads only from …',
    severity: 'error',
    means: 'SageMaker reads models only from its own Region, and the document copies none.',
    cure: 'Say where to copy them: `replicate: { artifacts: s3://models-{account}-{region}/… }`.',
  },
  'bucket-missing': {
    says: 'bucket … in … does not exist',
    severity: 'error',
    means:
      'The bucket that `replicate.artifacts` names for this target is not there. Sluice makes no buckets.',
    cure: 'Create it in the Region of the target, or correct the template.',
  },
  'bucket-unusable': {
    says: 'bucket … in … cannot be used: …',
    severity: 'error',
    means: 'It is in another Region, belongs to somebody else, or the role may not write to it.',
    cure: 'Let the account’s role write to it, and keep it in the Region of the endpoint.',
  },
  'image-unreadable': {
    says: 'image … cannot be read: …',
    severity: 'error',
    means: 'The image is not there, or its registry may not be read by the role of its account.',
    cure: 'Check the tag or digest; allow `ecr:BatchGetImage` and `ecr:GetDownloadUrlForLayer`.',
  },
  'image-public': {
    says: 'image … is in a public registry, which SageMaker does not pull from',
    severity: 'error',
    means: 'SageMaker pulls from private ECR only.',
    cure: 'Push it to a repository of your own, and register the package with that.',
  },
  'image-other-region': {
    says: 'image … is in …, and SageMaker in … pulls only from …',
    severity: 'error',
    means: 'The image is not copied, and would have to be pulled across Regions.',
    cure: 'Write `replicate: { images: copy }`.',
  },
  'image-not-in-region': {
    says: 'AWS’s image … was not found in …',
    severity: 'error',
    means: 'One of AWS’s own images is not offered in this Region in this version.',
    cure: 'Use a version that AWS offers in every Region of the document, or an image of your own.',
  },
  'repository-unusable': {
    says: 'repository … in … cannot be used: …',
    severity: 'error',
    means: 'The image could not be pushed there, or nobody could tell whether it would be kept.',
    cure: 'Let the account’s role push to it and read its lifecycle policy.',
  },
  'image-would-expire': {
    says: 'repository … in … has a lifecycle rule that would expire the image while it serves: …',
    severity: 'error',
    means:
      'SageMaker pulls the image again whenever it patches or scales; without it the endpoint would fail then.',
    cure: 'Exclude tags that begin with `sluice-` from the rule.',
  },
  'endpoint-busy': {
    says: 'endpoint … …ing…',
    severity: 'warning',
    means: 'SageMaker is changing the endpoint, or AWS maintains it; it takes no other change meanwhile.',
    cure: 'Nothing, if that is expected: the rollout waits until it rests.',
  },
  'endpoint-failed': {
    says: 'endpoint … is …; it must be InService',
    severity: 'error',
    means: 'The endpoint is `Failed`, `OutOfService` or `UpdateRollbackFailed`, so nothing stable serves.',
    cure: 'Repair it, or delete it so that the rollout creates it anew. `UpdateRollbackFailed` may serve a mix: move it to a config that works first.',
  },
  'endpoint-missing': {
    says: 'endpoint … does not exist any more; there is nothing to put back',
    severity: 'error',
    means: 'An `undo` finds the endpoint deleted.',
    cure: 'Deploy the previous model with a rollout of its own.',
  },
  'moved-on': {
    says: 'endpoint … does not serve model … any more, which is to be taken off',
    severity: 'error',
    means:
      'An `undo` finds that another deployment came after the rollout that it is for, or that it is undone already.',
    cure: 'Undo the later one, or start a rollout of the version that you want.',
  },
  'nothing-to-undo': {
    says: 'no target of the document has a previous config to go back to',
    severity: 'error',
    means: 'The rollout made its endpoints (a first deployment), so nothing served before it.',
    cure: 'Deploy another version with a rollout of its own, or delete the endpoint.',
  },
  'endpoint-cannot-shift': {
    says: 'endpoint … cannot be shifted by weights: …',
    severity: 'error',
    means:
      'It is serverless or asynchronous, has a shadow variant or inference components; the message says which. Traffic cannot move by weights there.',
    cure: 'Leave the endpoint out; or, with a shadow variant, end the experiment first.',
  },
  'several-live-variants': {
    says: 'endpoint … has … live variants (…); exactly one may take traffic',
    severity: 'error',
    means: 'Which of them is stable is not known.',
    cure: 'Give all traffic to one of them first (`UpdateEndpointWeightsAndCapacities`).',
  },
  'no-live-variant': {
    says: 'no variant of endpoint … takes traffic: all weights are 0',
    severity: 'error',
    means: 'Nothing is stable, so nothing could be gone back to.',
    cure: 'Give its variant a weight above 0 first.',
  },
  'too-many-variants': {
    says: 'endpoint … has … variants; with the candidate there may be 10',
    severity: 'error',
    means: 'SageMaker allows 10 variants.',
    cure: 'Remove variants that take no traffic.',
  },
  'endpoint-incomplete': {
    says: 'endpoint … does not exist yet, and the document gives no …',
    severity: 'error',
    means: 'A new endpoint has no stable to take settings from.',
    cure: 'Write what is missing in `endpoint`, or correct the endpoint’s name if it should exist.',
  },
  'canary-cannot-be-expressed': {
    says: 'endpoint … does not exist yet: there is no stable variant that could take the other … %',
    severity: 'error',
    means: 'A first deployment takes all traffic at once.',
    cure: 'Write `strategy: { allAtOnce: { bake: … } }`, in a document of its own if there are other targets.',
  },
  'execution-role-unknown': {
    says: 'the execution role of stable’s model in … is not known, and the document gives none',
    severity: 'error',
    means: 'Stable’s model cannot be read, so its role cannot be taken over.',
    cure: 'Write `executionRole` in `endpoint`.',
  },
  'instance-type-unsupported': {
    says: '… would run on …, but the package supports only …',
    severity: 'error',
    means: 'The package lists the instance types that it was made for.',
    cure: 'Choose one of these, or register the package with more of them.',
  },
  'invocation-unknown': {
    says: 'the package has several containers, and neither the document nor stable in … says how they are called',
    severity: 'error',
    means: 'Several containers run one after another, or each by its name.',
    cure: 'Write `invocation: serial` or `invocation: direct` in `endpoint`.',
  },
  'cloudformation-owned': {
    says: 'endpoint … belongs to CloudFormation stack …, whose next update would undo this rollout',
    severity: 'error',
    means: 'CloudFormation believes that the endpoint is as its template says.',
    cure: 'Write `managedBy: cloudformation` if you know that, or roll out through the stack.',
  },
  'stable-unreadable': {
    says: 'stable’s model … would not start again: …',
    alsoSays: 'config … of … cannot be read: …',
    severity: 'error',
    means:
      'Preparing starts stable’s fleet anew, and its config, model, artifact or image is gone or unreadable.',
    cure: 'Restore it, or make it readable for the model’s execution role, before the rollout.',
  },
  'alarm-missing': {
    says: 'there is no alarm … in …',
    severity: 'error',
    means: '`watch.alarms` names an alarm that this account and Region does not have.',
    cure: 'Create it there, or write one of ours: `{ metric, stat, above }`.',
  },
  'alarm-in-alarm': {
    says: 'alarm … in … is in ALARM already: …',
    severity: 'error',
    means: 'It would stop the rollout at once.',
    cure: 'Wait until it is OK. If stable itself is broken and this rollout is the cure, start it as an `emergency` with `ignoreAlarms`.',
  },
  'alarm-pins-other-variant': {
    says: 'alarm … looks only at variant …, and would never see the candidate',
    severity: 'error',
    means: 'The alarm names a variant as dimension; the candidate has another name.',
    cure: 'Write `{ like: NAME }`: a copy of it that looks at the candidate.',
  },
  'alarm-cannot-be-copied': {
    says: 'alarm … is a composite alarm; a copy would need copies of all its children',
    severity: 'error',
    means: '`like` copies metric alarms only.',
    cure: 'Name the metric alarms below it one by one, each as `{ like: … }`.',
  },
  frozen: {
    says: 'freeze “…”… holds now and ends …',
    severity: 'warning',
    means: 'No step gives the new model more traffic meanwhile. Putting back is never frozen.',
    cure: 'Nothing, if waiting is fine. Else an approver approves at the freeze with a reason, or starts as an `emergency` that skips `freeze`.',
  },
  'bake-too-short': {
    says: 'a bake of … is shorter than alarm … needs to see anything (…)',
    severity: 'warning',
    means:
      'Metrics come minutes late, and an alarm needs its periods: the bake would end before anything shows.',
    cure: 'Bake as long as the message says, or use an alarm with fewer or shorter periods.',
  },
  'traffic-too-low': {
    says: 'at … % for … the candidate in … would see about … requests (…), fewer than minInvocations …',
    severity: 'warning',
    means:
      'By last week’s traffic the bake would prove nothing; it would be extended, and then a person is asked.',
    cure: 'Bake longer or shift more, as the message says, or lower `minInvocations`.',
  },
  'step-scaling-not-copied': {
    says: 'step scaling … of … follows alarms on variant …',
    severity: 'warning',
    means:
      'Step policies act through alarms on stable. Until the commit the candidate does not scale out by them.',
    cure: 'Use a target-tracking policy, which is copied, or set `instanceCount` to what all the traffic needs.',
  },
  'quota-too-low': {
    says: '… may have … for endpoints and uses …; this rollout needs … more at its peak',
    severity: 'error',
    means:
      'Both fleets run at the same time: 2 × stable + candidate while preparing, stable + 2 × candidate while committing.',
    cure: 'Ask for the quota that the message names, or use fewer or other instances.',
  },
  'quota-unreadable': {
    says: 'the quota of … for endpoints in … cannot be read: …',
    severity: 'warning',
    means: 'Nobody could check whether there is room for both fleets.',
    cure: 'Make sure of it, or let the role call `servicequotas:ListServiceQuotas`.',
  },
  'target-busy': {
    says: '… is held by rollout … (…)…',
    severity: 'either',
    means:
      'Another rollout has the endpoint. An error under `whenBusy: reject`, unless that one is about to commit; else this one waits for it or replaces it.',
    cure: 'Wait until it has ended or abort it, or write `whenBusy: queue` or `replace`.',
  },
  'record-unusable': {
    says: 'bucket … of the record does not exist',
    alsoSays: 'the record cannot be written to …: …',
    severity: 'error',
    means: 'The bucket of `record` is not there, or the role may not write to it.',
    cure: 'Create the bucket and let the account’s role write to it, or leave `record` out.',
  },
  'name-not-allowed': {
    says: '… is no name that AWS takes (up to 63 letters, digits and inner hyphens)',
    severity: 'error',
    means: 'A name made of the document’s `name`, the version and the rollout is too long.',
    cure: 'Shorten the `name` of the document.',
  },
} as const satisfies Readonly<Record<string, FindingKind>>

export type FindingCode = keyof typeof findingCodes
