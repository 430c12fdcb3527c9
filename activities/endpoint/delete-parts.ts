import { Context } from '@temporalio/activity'
import {
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker'
import type { OnTarget } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { readTags } from '../aws/read-endpoint.ts'
import { fail } from '../failure.ts'
import { heartbeating } from '../heartbeat.ts'
import { isOurs, nameIn } from './ownership.ts'
import { absentAsNull } from '../aws/absent-as-null.ts'
import { readReferences, type User } from './references.ts'

type Named = OnTarget & { readonly name: string }

/** Deletes a config that this rollout made. In use by an endpoint: Busy while that moves, Conflict when it rests. */
export async function deleteConfig(deps: Dependencies, input: Named): Promise<void> {
  await remove(deps, input, {
    what: 'endpoint config',
    arn: async (client, EndpointConfigName) =>
      (await client.send(new DescribeEndpointConfigCommand({ EndpointConfigName }))).EndpointConfigArn,
    user: async () => (await readReferences(deps, input, { models: false })).configs.get(input.name),
    delete: (client, EndpointConfigName) =>
      client.send(new DeleteEndpointConfigCommand({ EndpointConfigName })),
  })
}

/** Deletes a model that this rollout made. In use by an endpoint: Busy while that moves, Conflict when it rests. */
export async function deleteModel(deps: Dependencies, input: Named): Promise<void> {
  await remove(deps, input, {
    what: 'model',
    arn: async (client, ModelName) => (await client.send(new DescribeModelCommand({ ModelName }))).ModelArn,
    user: async () => (await readReferences(deps, input, { models: true })).models.get(input.name),
    delete: (client, ModelName) => client.send(new DeleteModelCommand({ ModelName })),
  })
}

interface Kind {
  readonly what: string
  arn(client: SageMakerClient, name: string): Promise<string | undefined>
  user(): Promise<User | undefined>
  delete(client: SageMakerClient, name: string): Promise<unknown>
}

async function remove(deps: Dependencies, input: Named, kind: Kind): Promise<void> {
  const client = deps.aws.sagemaker(input.target, input.rolloutId)
  const what = nameIn(input, kind.what, input.name)
  await heartbeating(
    () => what,
    async () => {
      const arn = await absentAsNull(() => kind.arn(client, input.name))
      if (!arn) return
      if (!isOurs(input, await readTags(client, arn))) {
        Context.current().log.warn(`${what} was not made by this rollout and is left alone`)
        return
      }
      const user = await kind.user()
      if (user) {
        const found = `${what} is still in use by endpoint ${user.endpoint}`
        throw user.moving
          ? fail('Busy', `${found}, which is changing`, { delay: Math.max(100, 5_000 / deps.clockRate) })
          : fail('Conflict', `${found}; it is kept, because that endpoint could not be restarted without it`)
      }
      await absentAsNull(() => kind.delete(client, input.name))
    },
  )
}
