import type { AwaitEndpoint, Settled } from '../../activities/contract.ts'
import { fingerprintOf } from '../../rollout/deploy/fingerprint.ts'
import type { EndpointFacts } from '../../rollout/facts.ts'
import { poll } from '../activities.ts'
import { raise } from '../problem.ts'
import type { EndpointContext } from './context.ts'

const minute = 60_000
/** A config swap starts a whole fleet; SageMaker itself gives up on a bad container after about half an hour. */
export const swapTimeout = 120 * minute
export const weightsTimeout = 60 * minute
const lookEvery = 10_000

/** Waits until the endpoint rests and says how it is against `expect`. */
export async function settled(
  ctx: EndpointContext,
  summary: string,
  expect: AwaitEndpoint['expect'],
  options: { readonly previous?: string | undefined; readonly timeout: number },
): Promise<Settled> {
  return poll(ctx.clock, `${ctx.label}: ${summary}`).awaitEndpoint({
    ...ctx.on,
    expect,
    ...(options.previous === undefined ? {} : { previous: options.previous }),
    pollEvery: Math.max(200, ctx.clock.real(lookEvery)),
    deadline: Date.now() + ctx.clock.real(options.timeout),
  })
}

/** As `settled`, but everything other than what was expected is a problem. Records what was verified. */
export async function verify(
  ctx: EndpointContext,
  summary: string,
  expect: AwaitEndpoint['expect'],
  options: { readonly previous?: string | undefined; readonly timeout: number },
): Promise<EndpointFacts> {
  const { createdAt } = ctx
  const found = await settled(ctx, summary, { ...(createdAt && { createdAt }), ...expect }, options)
  if (found.state === 'as-expected' && found.endpoint) {
    ctx.verified(found.endpoint)
    return found.endpoint
  }
  return raiseSettled(found)
}

/** Going forward from an endpoint on our config: a Conflict unless its weights are ones that we asked for. */
export function acceptOurs(ctx: EndpointContext, endpoint: EndpointFacts): EndpointFacts {
  return accept(ctx, endpoint, ctx.areOurs(fingerprintOf(endpoint).weights))
}

/** As `acceptOurs`, when going back or on at a person's word: that person may have set what our instructions say. */
export function acceptKnown(ctx: EndpointContext, endpoint: EndpointFacts): EndpointFacts {
  return accept(ctx, endpoint, ctx.recognises(fingerprintOf(endpoint).weights))
}

function accept(ctx: EndpointContext, endpoint: EndpointFacts, known: boolean): EndpointFacts {
  if (!known) {
    const { weights } = fingerprintOf(endpoint)
    raise('Conflict', `${ctx.label}: somebody else set the weights to ${JSON.stringify(weights)}`)
  }
  ctx.verified(endpoint)
  return endpoint
}

/** The problem that a resting endpoint which is not as expected stands for. */
export function raiseSettled(found: Settled): never {
  switch (found.state) {
    case 'as-expected':
      return raise('Transient', 'the endpoint is as expected but could not be described')
    case 'rolled-back':
      return raise(
        'RolledBackBySageMaker',
        `SageMaker undid the update: ${found.reason || 'it gave no reason'}`,
      )
    case 'conflict':
    case 'gone':
      return raise('Conflict', found.reason)
    case 'failed':
      return raise('Unhealthy', `the endpoint failed: ${found.reason || 'SageMaker gave no reason'}`)
    case 'rollback-failed':
      return raise(
        'RollbackFailed',
        `SageMaker could not undo its own update: ${found.reason || 'it gave no reason'}`,
      )
    case 'timed-out':
      return raise('TimedOut', found.reason)
  }
}
