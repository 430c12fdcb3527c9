import { Context } from '@temporalio/activity'
import type { WorkerInterceptors } from '@temporalio/worker'
import type { AwsRequest, CallObservers } from '../../activities/aws/observe-calls.ts'

/**
 * A numbered moment of a worker's life, the same in every run of one path:
 *
 * - `before/ensureModel@prodEu:eu-west-1#1/SageMaker.CreateModel#1`: a request is about to be sent;
 * - `after/…`: its answer has come, good or bad;
 * - `returned/ensureModel@prodEu:eu-west-1#1`: the activity has a result that the server does not know yet.
 *
 * Activities count by type and place, requests by activity and operation; further attempts go on counting.
 */
export type Moment = string

export interface Probe {
  readonly interceptors: WorkerInterceptors
  readonly observers: CallObservers
  /** Forgets what was counted, or goes on from a tally; `aliases` are names for the accounts of the next run, by id. */
  reset(aliases: Readonly<Record<string, string>>, tally?: Tally): void
  tally(): Tally
}

/** What a probe has counted: a worker that takes over from a dead one goes on with it, and moments keep their names. */
export interface Tally {
  readonly counts: readonly (readonly [what: string, times: number])[]
  readonly activities: readonly (readonly [key: string, name: string])[]
}

/** Numbers what happens in a worker and tells `reached` of every moment, synchronously. */
export function createProbe(reached: (moment: Moment) => void): Probe {
  let aliases: Readonly<Record<string, string>> = {}
  const counts = new Map<string, number>()
  const activities = new Map<string, string>()
  const requests = new WeakMap<AwsRequest, string>()

  const numbered = (what: string): string => {
    const number = (counts.get(what) ?? 0) + 1
    counts.set(what, number)
    return `${what}#${number}`
  }

  const nameOf = (context: Context, args: readonly unknown[]): string => {
    const key = keyOf(context)
    const name = activities.get(key) ?? numbered(`${context.info.activityType}${placeIn(args[0], aliases)}`)
    activities.set(key, name)
    return name
  }

  return {
    interceptors: {
      activity: [
        (context) => ({
          inbound: {
            async execute(input, next) {
              const name = nameOf(context, input.args)
              const result = await next(input)
              reached(`returned/${name}`)
              return result
            },
          },
        }),
      ],
    },
    observers: {
      onRequest(request) {
        const context = currentContext()
        const activity = (context && activities.get(keyOf(context))) ?? `shared${placeOf(request, aliases)}`
        const name = numbered(`${activity}/${request.service.replaceAll(' ', '')}.${request.operation}`)
        requests.set(request, name)
        reached(`before/${name}`)
      },
      onCall: (_call, request) => reached(`after/${requests.get(request) ?? ''}`),
    },
    reset(names, tally = { counts: [], activities: [] }) {
      aliases = names
      counts.clear()
      activities.clear()
      for (const [what, times] of tally.counts) counts.set(what, times)
      for (const [key, name] of tally.activities) activities.set(key, name)
    },
    tally: () => ({ counts: [...counts], activities: [...activities] }),
  }
}

const keyOf = ({ info }: Context): string => `${info.workflowExecution?.runId} ${info.activityId}`

function currentContext(): Context | undefined {
  try {
    return Context.current()
  } catch {
    return undefined
  }
}

interface Place {
  readonly accountId?: string
  readonly region: string
}

/** `@prodEu:eu-west-1` for an activity that works on one target or place. */
function placeIn(input: unknown, aliases: Readonly<Record<string, string>>): string {
  const { target, place } = (input ?? {}) as { target?: Place; place?: Place }
  const found = target ?? place
  return found?.accountId && found.region ? placeOf(found, aliases) : ''
}

function placeOf({ accountId = '', region }: Place, aliases: Readonly<Record<string, string>>): string {
  return `@${aliases[accountId] ?? 'worker'}:${region}`
}
