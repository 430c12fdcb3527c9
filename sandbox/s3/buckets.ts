import { AwsError, type Call } from '../core/types.ts'
import { bucketsIn, findBucket, listBuckets, openBucket, type Bucket } from './state.ts'

type Input = Readonly<Record<string, any>>

/** A bucket as S3 makes it: empty, unversioned, private. */
export const makeBucket = (
  identity: Pick<Bucket, 'name' | 'accountId' | 'region' | 'created'>,
  settings: Partial<Pick<Bucket, 'versioning' | 'kmsKey' | 'readers' | 'writers' | 'listers'>> = {},
): Bucket => ({
  versioning: undefined,
  kmsKey: undefined,
  readers: [],
  writers: [],
  listers: undefined,
  objects: new Map(),
  uploads: new Map(),
  ...settings,
  ...identity,
})

const createBucket = (call: Call, input: Input) => {
  const name: string = input.Bucket
  if (!/^(?!xn--)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) || name.includes('..')) {
    throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.')
  }
  const asked: string | undefined = input.CreateBucketConfiguration?.LocationConstraint
  if ((asked ?? 'us-east-1') !== call.region) {
    throw new AwsError(
      'IllegalLocationConstraintException',
      `The ${asked ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    )
  }
  const existing = findBucket(call.world, name)
  if (existing?.accountId === call.accountId) {
    throw new AwsError(
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
      409,
    )
  }
  if (existing) {
    throw new AwsError(
      'BucketAlreadyExists',
      'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
      409,
    )
  }
  const created = call.world.clock.now()
  bucketsIn(call.world, call.accountId, call.region).set(
    name,
    makeBucket({ name, accountId: call.accountId, region: call.region, created }),
  )
  return { Location: `/${name}` }
}

const deleteBucket = (call: Call, input: Input) => {
  const bucket = openBucket(call, input.Bucket, 'write', { expectedOwner: input.ExpectedBucketOwner })
  if (bucket.objects.size > 0)
    throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409)
  bucketsIn(call.world, bucket.accountId, bucket.region).delete(bucket.name)
  return {}
}

const configure = (call: Call, input: Input) =>
  openBucket(call, input.Bucket, 'write', { expectedOwner: input.ExpectedBucketOwner })

const inspect = (call: Call, input: Input) =>
  openBucket(call, input.Bucket, 'list', { expectedOwner: input.ExpectedBucketOwner })

/** The operations on buckets themselves. */
export const bucketOperations = {
  ListBuckets: (call: Call) => ({
    Buckets: listBuckets(call.world)
      .filter(({ accountId }) => accountId === call.accountId)
      .map(({ name, created, region }) => ({
        Name: name,
        CreationDate: new Date(created),
        BucketRegion: region,
      })),
    Owner: { ID: call.accountId },
  }),
  CreateBucket: createBucket,
  DeleteBucket: deleteBucket,
  HeadBucket: (call: Call, input: Input) => {
    const { region } = inspect(call, input)
    return { BucketRegion: region, $headers: { 'x-amz-bucket-region': region } }
  },
  GetBucketLocation: (call: Call, input: Input) => {
    const { region } = openBucket(call, input.Bucket, 'list', {
      expectedOwner: input.ExpectedBucketOwner,
      anyRegion: true,
    })
    return { LocationConstraint: region === 'us-east-1' ? '' : region }
  },
  GetBucketVersioning: (call: Call, input: Input) => ({ Status: inspect(call, input).versioning }),
  PutBucketVersioning: (call: Call, input: Input) => {
    configure(call, input).versioning = input.VersioningConfiguration?.Status
    return {}
  },
  GetBucketEncryption: (call: Call, input: Input) => {
    const { kmsKey } = inspect(call, input)
    const rule = kmsKey ? { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: kmsKey } : { SSEAlgorithm: 'AES256' }
    return {
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: rule, BucketKeyEnabled: false }],
      },
    }
  },
  PutBucketEncryption: (call: Call, input: Input) => {
    const rule = input.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault
    configure(call, input).kmsKey = rule?.SSEAlgorithm === 'aws:kms' ? rule.KMSMasterKeyID : undefined
    return {}
  },
}
