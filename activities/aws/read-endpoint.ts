import {
  DescribeEndpointCommand,
  ListTagsCommand,
  type DescribeEndpointOutput,
  type ProductionVariantSummary,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker'
import type { EndpointFacts, VariantFacts } from '../../rollout/facts.ts'
import { isNotFound } from './predicates.ts'

/** The endpoint as AWS describes it now, or null when there is none. Tags cost a second call and are left out without `tags`. */
export async function readEndpoint(
  sagemaker: SageMakerClient,
  name: string,
  { tags = false } = {},
): Promise<EndpointFacts | null> {
  let described: DescribeEndpointOutput
  try {
    described = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }))
  } catch (error) {
    if (isNotFound(error)) return null
    throw error
  }
  return toEndpointFacts(described, tags ? await readTags(sagemaker, described.EndpointArn!) : {})
}

/** Every tag of a SageMaker resource. */
export async function readTags(sagemaker: SageMakerClient, arn: string): Promise<Record<string, string>> {
  const tags: Record<string, string> = {}
  let NextToken: string | undefined
  do {
    const page = await sagemaker.send(new ListTagsCommand({ ResourceArn: arn, MaxResults: 50, NextToken }))
    for (const { Key, Value } of page.Tags ?? []) if (Key) tags[Key] = Value ?? ''
    NextToken = page.NextToken
  } while (NextToken)
  return tags
}

/** Keeps the part of DescribeEndpoint that Sluice decides on. */
export function toEndpointFacts(
  described: DescribeEndpointOutput,
  tags: Readonly<Record<string, string>> = {},
): EndpointFacts {
  const variants = described.ProductionVariants ?? []
  return {
    name: described.EndpointName!,
    arn: described.EndpointArn!,
    status: described.EndpointStatus!,
    createdAt: described.CreationTime!.toISOString(),
    configName: described.EndpointConfigName ?? '',
    ...(described.PendingDeploymentSummary && {
      pendingConfigName: described.PendingDeploymentSummary.EndpointConfigName,
    }),
    ...(described.FailureReason && { failureReason: described.FailureReason }),
    variants: variants.map(toVariantFacts),
    tags,
    features: featuresOf(described, variants),
  }
}

function toVariantFacts(variant: ProductionVariantSummary): VariantFacts {
  return {
    name: variant.VariantName!,
    currentWeight: variant.CurrentWeight ?? 0,
    desiredWeight: variant.DesiredWeight ?? variant.CurrentWeight ?? 0,
    currentCount: variant.CurrentInstanceCount ?? 0,
    desiredCount: variant.DesiredInstanceCount ?? variant.CurrentInstanceCount ?? 0,
    images: (variant.DeployedImages ?? []).map((image) => image.ResolvedImage ?? image.SpecifiedImage ?? ''),
  }
}

function featuresOf(
  described: DescribeEndpointOutput,
  variants: readonly ProductionVariantSummary[],
): EndpointFacts['features'] {
  const found: [EndpointFacts['features'][number], boolean][] = [
    [
      'serverless',
      variants.some((variant) => variant.CurrentServerlessConfig ?? variant.DesiredServerlessConfig),
    ],
    ['async', described.AsyncInferenceConfig !== undefined],
    ['shadow', (described.ShadowProductionVariants ?? []).length > 0],
    // Variants of inference components have no model, hence no images, and hold instances for what is placed on them.
    [
      'components',
      variants.some((variant) => variant.ManagedInstanceScaling && !variant.DeployedImages?.length),
    ],
  ]
  return found.filter(([, is]) => is).map(([feature]) => feature)
}
