import { AwsError, type Call, type Operation, type Service, type World } from '../core/types.ts'
import { limitOf, quotaCode, quotaName, quotaState, type QuotaState } from './state.ts'

/** Instance types whose quota is listed even when nobody set it. */
const LISTED = [
  'ml.t2.medium',
  'ml.t2.large',
  'ml.m5.large',
  'ml.m5.xlarge',
  'ml.m5.2xlarge',
  'ml.m5.4xlarge',
  'ml.m5.12xlarge',
  'ml.m6i.large',
  'ml.m6i.xlarge',
  'ml.c5.large',
  'ml.c5.xlarge',
  'ml.c5.2xlarge',
  'ml.c6i.xlarge',
  'ml.r5.large',
  'ml.g4dn.xlarge',
  'ml.g5.xlarge',
  'ml.g5.2xlarge',
  'ml.p3.2xlarge',
]

const everyQuota = ({ world, accountId, region }: Call) =>
  [...new Set([...LISTED, ...quotaState(world, accountId, region).limits.keys()])].sort().map((type) => {
    const name = quotaName(type)
    return {
      ServiceCode: 'sagemaker',
      ServiceName: 'Amazon SageMaker',
      QuotaArn: `arn:aws:servicequotas:${region}:${accountId}:sagemaker/${quotaCode(name)}`,
      QuotaCode: quotaCode(name),
      QuotaName: name,
      Value: limitOf(world, accountId, region, type),
      Unit: 'None',
      Adjustable: true,
      GlobalQuota: false,
    }
  })

const noSuch = (message: string) => new AwsError('NoSuchResourceException', message)

/** `GetServiceQuota` by code; the codes are the sandbox's own and can be found by listing. */
const getServiceQuota: Operation = (call, input) => {
  if (input.ServiceCode !== 'sagemaker')
    throw noSuch(`The request failed because the specified service (${input.ServiceCode}) does not exist.`)
  const quota = everyQuota(call).find((one) => one.QuotaCode === input.QuotaCode)
  if (!quota) throw noSuch('The request failed because the specified quota does not exist.')
  return { Quota: quota }
}

/** `ListServiceQuotas`, 100 a page. */
const listServiceQuotas: Operation = (call, input) => {
  if (input.ServiceCode !== 'sagemaker')
    throw noSuch(`The request failed because the specified service (${input.ServiceCode}) does not exist.`)
  const found = everyQuota(call).filter((one) => (input.QuotaCode ?? one.QuotaCode) === one.QuotaCode)
  const offset = input.NextToken === undefined ? 0 : Number(input.NextToken)
  if (!Number.isInteger(offset))
    throw new AwsError('InvalidPaginationTokenException', 'Invalid token was used.')
  const end = offset + (input.MaxResults ?? 100)
  return { Quotas: found.slice(offset, end), NextToken: end < found.length ? String(end) : undefined }
}

/** A quota to set, as a seed names it. */
export interface QuotaSeed {
  readonly account: string
  readonly region: string
  readonly instanceType: string
  readonly value: number
}

/** Sets how many instances of a type the account may have for endpoints. */
export const setQuota = (world: World, { account, region, instanceType, value }: QuotaSeed): void =>
  void quotaState(world, account, region).limits.set(instanceType, value)

/** The simulated Service Quotas, for SageMaker's endpoint instances. */
export const quotas: Service = {
  service: 'servicequotas',
  operations: { GetServiceQuota: getServiceQuota, ListServiceQuotas: listServiceQuotas },
  seeds: { quotas: (world, all: readonly QuotaSeed[]) => all.forEach((one) => setQuota(world, one)) },
  controls: { quota: (world, one: QuotaSeed) => (setQuota(world, one), one) },
  dumps: {
    quotas: (world) =>
      world
        .states<QuotaState>('servicequotas')
        .flatMap(({ accountId, region, state }) =>
          [...state.limits].map(([instanceType, value]) => ({ accountId, region, instanceType, value })),
        ),
  },
}
