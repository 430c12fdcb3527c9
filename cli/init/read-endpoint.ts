import { CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch'
import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  DescribeModelPackageCommand,
  ListModelPackagesCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker'
import { exitCodes } from '../../rollout/outcome.ts'
import { CliFailure } from '../failure.ts'

/** What a first document can take over from an endpoint that serves already. */
export interface ServingEndpoint {
  readonly name: string
  readonly accountId: string
  readonly region: string
  /** The newest approved version of the group that it serves from, where that can be found out. */
  readonly package: string | undefined
  /** Alarms on this endpoint; `pinned` ones look at one variant only. */
  readonly alarms: readonly { readonly name: string; readonly pinned: boolean }[]
}

const MOST_ALARMS = 10

/**
 * Reads one endpoint with the caller's own AWS credentials, found as every AWS tool finds them. Changes nothing.
 * @throws CliFailure when there is no such endpoint or it may not be read
 */
export async function readServingEndpoint(
  name: string,
  region: string | undefined,
): Promise<ServingEndpoint> {
  // What the SDK thinks of this Node is no answer to what was asked.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  const where = region === undefined ? {} : { region }
  const sagemaker = new SageMakerClient({ ...where, maxAttempts: 3 })
  try {
    const endpoint = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }))
    const [, , , actualRegion = '', accountId = ''] = endpoint.EndpointArn?.split(':') ?? []
    const [found, alarms] = await Promise.all([
      newestPackage(sagemaker, endpoint.EndpointConfigName),
      readAlarms(new CloudWatchClient({ ...where, maxAttempts: 3 }), name).catch(() => []),
    ])
    return { name, accountId, region: actualRegion, package: found, alarms }
  } catch (error) {
    if (error instanceof CliFailure) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw new CliFailure(exitCodes.failed, `The endpoint ${name} cannot be read: ${message}`, {
      cure: 'Check the name, --region (or AWS_REGION), and that your AWS credentials may call sagemaker:DescribeEndpoint there.',
    })
  }
}

/** Of the group that the live model came from; what may not be read is simply not known. */
async function newestPackage(
  sagemaker: SageMakerClient,
  config: string | undefined,
): Promise<string | undefined> {
  try {
    const { ProductionVariants = [] } = await sagemaker.send(
      new DescribeEndpointConfigCommand({ EndpointConfigName: config }),
    )
    const model = await sagemaker.send(
      new DescribeModelCommand({ ModelName: ProductionVariants[0]?.ModelName }),
    )
    const containers = [model.PrimaryContainer, ...(model.Containers ?? [])]
    const serving = containers.find((container) => container?.ModelPackageName)?.ModelPackageName
    if (serving === undefined) return undefined
    const { ModelPackageGroupName } = await sagemaker.send(
      new DescribeModelPackageCommand({ ModelPackageName: serving }),
    )
    const { ModelPackageSummaryList = [] } = await sagemaker.send(
      new ListModelPackagesCommand({
        ModelPackageGroupName,
        ModelApprovalStatus: 'Approved',
        SortBy: 'CreationTime',
        SortOrder: 'Descending',
        MaxResults: 1,
      }),
    )
    return ModelPackageSummaryList[0]?.ModelPackageArn ?? serving
  } catch {
    return undefined
  }
}

async function readAlarms(client: CloudWatchClient, endpoint: string): Promise<ServingEndpoint['alarms']> {
  const found: { readonly name: string; readonly pinned: boolean }[] = []
  for await (const { MetricAlarms = [] } of paginateDescribeAlarms(
    { client },
    { AlarmTypes: ['MetricAlarm'] },
  )) {
    for (const { AlarmName, Dimensions = [], Metrics = [] } of MetricAlarms) {
      const dimensions = [
        ...Dimensions,
        ...Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric?.Dimensions ?? []),
      ]
      const ours = dimensions.some(({ Name, Value }) => Name === 'EndpointName' && Value === endpoint)
      // Sluice's own alarms belong to one rollout.
      if (!ours || AlarmName === undefined || AlarmName.startsWith('sluice-')) continue
      found.push({ name: AlarmName, pinned: dimensions.some(({ Name }) => Name === 'VariantName') })
      if (found.length === MOST_ALARMS) return found
    }
  }
  return found
}
