import {
  DescribeEndpointCommand,
  type DescribeEndpointOutput,
  type ProductionVariantSummary,
} from '@aws-sdk/client-sagemaker'
import { ApplicationFailure } from '@temporalio/common'
import type { EndpointFacts } from '../../rollout/facts.ts'
import type { AwaitEndpoint, Settled } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { isNotFound } from '../aws/predicates.ts'
import { toEndpointFacts } from '../aws/read-endpoint.ts'
import { type Look, poll } from '../poll.ts'
import { settle } from './settle.ts'

/** What is remembered from look to look. */
interface Seen {
  readonly rolledBack?: boolean
  /** The surprise of the last look. */
  readonly surprise?: string
}

/** A second look at a surprise need not wait as long as a whole poll. */
const confirmAfter = 3_000

/** Poll: until the endpoint rests or the deadline is over. */
export async function awaitEndpoint(deps: Dependencies, input: AwaitEndpoint): Promise<Settled> {
  return poll<Settled, Seen>({
    every: input.pollEvery,
    stay: deps.stay,
    deadline: input.deadline,
    look: ({ state = {} }) => look(deps, input, state),
    timedOut: ({ waitingFor }) => ({
      state: 'timed-out',
      reason: `timed out: ${waitingFor}`,
      endpoint: null,
    }),
  })
}

async function look(deps: Dependencies, input: AwaitEndpoint, seen: Seen): Promise<Look<Settled, Seen>> {
  let described: Described
  try {
    described = await describe(deps, input)
  } catch (error) {
    // Being throttled or cut off must not outlive the deadline, so it is only another reason to wait.
    if (error instanceof ApplicationFailure && !error.nonRetryable) {
      return { done: false, waitingFor: error.message, state: seen, after: delayOf(error, input.pollEvery) }
    }
    throw error
  }
  const { endpoint, doing } = described
  const rolledBack = seen.rolledBack === true || endpoint?.status === 'RollingBack'
  const standing = settle(endpoint, { expect: input.expect, previous: input.previous, rolledBack })
  switch (standing.kind) {
    case 'moving':
      return { done: false, waitingFor: `${standing.waitingFor}${doing}`, state: { rolledBack } }
    case 'rests':
      return { done: true, value: standing.settled }
    case 'surprise': {
      const { settled } = standing
      const surprise = `${settled.state} ${endpoint?.configName ?? ''} ${settled.reason}`
      if (seen.surprise === surprise) return { done: true, value: settled }
      return {
        done: false,
        waitingFor: `endpoint ${input.target.endpoint} seems ${settled.state}; looking again`,
        state: { rolledBack, surprise },
        after: Math.min(input.pollEvery, confirmAfter),
      }
    }
  }
}

interface Described {
  readonly endpoint: EndpointFacts | null
  /** ` (c-ab12: Launching 2 instance(s).)` */
  readonly doing: string
}

async function describe({ aws }: Dependencies, { target, rolloutId }: AwaitEndpoint): Promise<Described> {
  try {
    const described = await aws
      .sagemaker(target, rolloutId)
      .send(new DescribeEndpointCommand({ EndpointName: target.endpoint }))
    return { endpoint: toEndpointFacts(described), doing: whatItDoes(described) }
  } catch (error) {
    if (isNotFound(error)) return { endpoint: null, doing: '' }
    throw error
  }
}

function whatItDoes({ PendingDeploymentSummary, ProductionVariants = [] }: DescribeEndpointOutput): string {
  const variants: readonly Pick<ProductionVariantSummary, 'VariantName' | 'VariantStatus'>[] =
    PendingDeploymentSummary?.ProductionVariants ?? ProductionVariants
  const parts = variants.flatMap(({ VariantName, VariantStatus = [] }) =>
    VariantStatus.map(({ Status, StatusMessage }) => `${VariantName}: ${StatusMessage ?? Status}`),
  )
  return parts.length > 0 ? ` (${parts.join('; ')})` : ''
}

function delayOf({ nextRetryDelay }: ApplicationFailure, every: number): number {
  return Math.max(every, typeof nextRetryDelay === 'number' ? nextRetryDelay : 0)
}
