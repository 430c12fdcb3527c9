import { DescribeEndpointConfigCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker'
import type { ConfigFacts, ConfigRequest } from '../../rollout/facts.ts'
import { absentAsNull } from './absent-as-null.ts'
import { readTags } from './read-endpoint.ts'

/** What DescribeEndpointConfig says beside what CreateEndpointConfig takes. */
const answerOnly = ['$metadata', 'EndpointConfigName', 'EndpointConfigArn', 'CreationTime'] as const

/** The config as a request that would make it again, or null when there is none. `tags` of its own are read as well. */
export async function readConfig(sagemaker: SageMakerClient, name: string): Promise<ConfigFacts | null> {
  return absentAsNull(async () => {
    const described = await describe(sagemaker, name)
    const tags = await readTags(sagemaker, described.EndpointConfigArn!)
    return { name, request: toConfigRequest(described), createdBySluice: 'sluice:rollout' in tags }
  })
}

/** As `readConfig`, without asking for its tags. */
export async function readConfigRequest(
  sagemaker: SageMakerClient,
  name: string,
): Promise<ConfigRequest | null> {
  return absentAsNull(async () => toConfigRequest(await describe(sagemaker, name)))
}

const describe = (sagemaker: SageMakerClient, name: string) =>
  sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: name }))

/** Everything that CreateEndpointConfig takes apart from name and tags, members we do not know included. */
export function toConfigRequest(described: object): ConfigRequest {
  const request: Record<string, unknown> = { ...described }
  for (const member of answerOnly) delete request[member]
  // Through JSON, so that it is what a workflow would get: no undefined members, no class instances.
  return JSON.parse(JSON.stringify(request)) as ConfigRequest
}
