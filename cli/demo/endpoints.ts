import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  ListEndpointConfigsCommand,
  ListModelsCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker'
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime'

/** One endpoint of the story. */
export interface Place {
  readonly accountId: string
  readonly region: string
  readonly endpoint: string
}

/** What really stands there, read from SageMaker and not from Sluice. */
export interface Standing {
  readonly place: Place
  readonly status: string
  /** Name and current weight. */
  readonly variants: readonly { readonly name: string; readonly weight: number }[]
  /** Where the model that serves has its artifact. */
  readonly artifact: string
  /** Names of every model and endpoint config in that account and Region. */
  readonly resources: readonly string[]
  /** What the endpoint answers to one request. */
  readonly answer: string
}

/** Reads an endpoint through the ordinary AWS clients, and asks it for one prediction. */
export async function readStanding(url: string, place: Place, row: string): Promise<Standing> {
  const settings = {
    endpoint: url,
    region: place.region,
    credentials: { accessKeyId: `AKIA${place.accountId}`, secretAccessKey: 'any' },
  }
  const sagemaker = new SageMakerClient(settings)
  const runtime = new SageMakerRuntimeClient(settings)
  try {
    const endpoint = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: place.endpoint }))
    const variants = (endpoint.ProductionVariants ?? []).map((variant) => ({
      name: variant.VariantName ?? '',
      weight: variant.CurrentWeight ?? 0,
    }))
    const config = await sagemaker.send(
      new DescribeEndpointConfigCommand({ EndpointConfigName: endpoint.EndpointConfigName }),
    )
    const [serving] = config.ProductionVariants ?? []
    const model = await sagemaker.send(new DescribeModelCommand({ ModelName: serving?.ModelName }))
    const invoked = await runtime.send(
      new InvokeEndpointCommand({ EndpointName: place.endpoint, ContentType: 'text/csv', Body: row }),
    )
    return {
      place,
      status: endpoint.EndpointStatus ?? '',
      variants,
      artifact: (model.PrimaryContainer ?? model.Containers?.[0])?.ModelDataUrl ?? '',
      resources: await listResources(sagemaker),
      answer: Buffer.from(invoked.Body ?? [])
        .toString()
        .trim(),
    }
  } finally {
    sagemaker.destroy()
    runtime.destroy()
  }
}

async function listResources(sagemaker: SageMakerClient): Promise<readonly string[]> {
  const [models, configs] = await Promise.all([
    sagemaker.send(new ListModelsCommand({ MaxResults: 100 })),
    sagemaker.send(new ListEndpointConfigsCommand({ MaxResults: 100 })),
  ])
  return [
    ...(models.Models ?? []).map((model) => model.ModelName ?? ''),
    ...(configs.EndpointConfigs ?? []).map((config) => config.EndpointConfigName ?? ''),
  ]
}
