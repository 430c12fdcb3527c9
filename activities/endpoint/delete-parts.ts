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
import {
  mayUse,
  readOwnReferences,
  readReferences,
  type References,
  type Unreadable,
  type User,
} from './references.ts'

type Named = OnTarget & { readonly name: string }

/** Deletes a config that this rollout made. In use by an endpoint: Busy while that moves, Conflict when it rests. */
export async function deleteConfig(deps: Dependencies, input: Named): Promise<void> {
  await remove(deps, input, {
    what: 'endpoint config',
    find: async (client, EndpointConfigName) => {
      const found = await client.send(new DescribeEndpointConfigCommand({ EndpointConfigName }))
      return { arn: found.EndpointConfigArn!, madeAt: found.CreationTime!.getTime() }
    },
    references: () => readReferences(deps, input, { models: false }),
    user: ({ configs }) => configs.get(input.name),
    delete: (client, EndpointConfigName) =>
      client.send(new DeleteEndpointConfigCommand({ EndpointConfigName })),
  })
}

/**
 * Deletes a model that this rollout made. In use by an endpoint: Busy while that moves, Conflict when it rests. Kept, with a
 * warning, while an endpoint may use it that was changed since and whose config was deleted.
 */
export async function deleteModel(deps: Dependencies, input: Named): Promise<void> {
  await remove(deps, input, {
    what: 'model',
    find: async (client, ModelName) => {
      const found = await client.send(new DescribeModelCommand({ ModelName }))
      return { arn: found.ModelArn!, madeAt: found.CreationTime!.getTime() }
    },
    references: () => readReferences(deps, input, { models: true }),
    user: ({ models }) => models.get(input.name),
    doubt: mayUse,
    delete: (client, ModelName) => client.send(new DeleteModelCommand({ ModelName })),
  })
}

interface Kind {
  readonly what: string
  find(client: SageMakerClient, name: string): Promise<{ readonly arn: string; readonly madeAt: number }>
  references(): Promise<References>
  user(references: References): User | undefined
  doubt?(references: References, madeAt: number): Unreadable | undefined
  delete(client: SageMakerClient, name: string): Promise<unknown>
}

async function remove(deps: Dependencies, input: Named, kind: Kind): Promise<void> {
  const client = deps.aws.sagemaker(input.target, input.rolloutId)
  const what = nameIn(input, kind.what, input.name)
  await heartbeating(
    () => what,
    async () => {
      const found = await absentAsNull(() => kind.find(client, input.name))
      if (!found) return
      if (!isOurs(input, await readTags(client, found.arn))) {
        Context.current().log.warn(`${what} was not made by this rollout and is left alone`)
        return
      }
      for (const read of [kind.references, () => readOwnReferences(deps, input)]) {
        const references = await read()
        const user = kind.user(references)
        if (user) {
          const used = `${what} is still in use by endpoint ${user.endpoint}`
          throw user.moving
            ? fail('Busy', `${used}, which is changing`, { delay: Math.max(100, 5_000 / deps.clockRate) })
            : fail('Conflict', `${used}; it is kept, because that endpoint could not be restarted without it`)
        }
        const doubt = kind.doubt?.(references, found.madeAt)
        if (doubt) {
          // It costs nothing, and `prune` looks again after later rollouts.
          Context.current().log.warn(
            `${what} is kept: endpoint ${doubt.endpoint} may use it, whose config ${doubt.config} was deleted`,
          )
          return
        }
      }
      await absentAsNull(() => kind.delete(client, input.name))
    },
  )
}
