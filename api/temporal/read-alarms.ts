import type { WatchHeartbeat } from '../../activities/contract.ts'
import { lockId } from '../../rollout/target.ts'
import type { RolloutView, TargetView } from '../../rollout/view.ts'
import type { EndpointMemo } from '../../workflows/endpoint/protocol.ts'
import type { WatchedTarget } from '../answers.ts'
import { within, type Reachable } from '../context.ts'
import { decodePayload } from './payload.ts'

/** What the watch over each target of a rollout saw last; a target that is not watched is left out. */
export type ReadAlarms = (
  view: Pick<RolloutView, 'id' | 'phase' | 'targets'>,
) => Promise<readonly WatchedTarget[]>

/** `PENDING_ACTIVITY_STATE_CANCEL_REQUESTED` of Temporal's API. */
const cancelRequested = 3

/** A watch looks every 15 s as a rule, so nobody misses anything; many targets are asked less often. */
const FRESH_MS = 2_000
const FRESH_MS_A_TARGET = 100

interface Taken {
  readonly until: number
  readonly keys: string
  readonly found: Promise<readonly WatchedTarget[]>
}

/**
 * Reads the heartbeats of the watches: they are in no history, and cost the workflows nothing. Everybody who asks within a
 * moment gets the same answer.
 */
export function createAlarmReader(temporal: Reachable): ReadAlarms {
  const taken = new Map<string, Taken>()
  return ({ id, phase, targets }) => {
    const now = Date.now()
    for (const [other, { until }] of taken) if (until <= now) taken.delete(other)
    const watched = phase === 'Ended' ? [] : targets.filter(hasTraffic).map(({ key }) => key)
    if (watched.length === 0) return Promise.resolve([])
    const keys = watched.join(' ')
    const known = taken.get(id)
    if (known?.keys === keys) return known.found
    const found = Promise.all(watched.map((key) => readWatch(temporal, id, key))).then((all) =>
      all.filter((each) => each !== undefined),
    )
    taken.set(id, { until: now + Math.max(FRESH_MS, watched.length * FRESH_MS_A_TARGET), keys, found })
    return found
  }
}

function hasTraffic({ asked, actual, state }: TargetView): boolean {
  return (asked > 0 || actual > 0) && state !== 'Committed' && state !== 'Reverted'
}

/** Undefined where nobody watches now, or nothing can be read: what is told of alarms must not hold up the rest. */
async function readWatch(
  temporal: Reachable,
  rolloutId: string,
  target: string,
): Promise<WatchedTarget | undefined> {
  const { workflow } = temporal.client
  try {
    const { raw, memo } = await within(temporal, 'call', () => workflow.getHandle(lockId(target)).describe())
    // The lock may be another rollout's by now.
    if ((memo as Partial<EndpointMemo> | undefined)?.rolloutId !== rolloutId) return undefined
    // One that was stopped is there until its next heartbeat, beside its successor.
    const watch = raw.pendingActivities?.find(
      ({ activityType, state }) => activityType?.name === 'watchTarget' && state !== cancelRequested,
    )
    const [payload] = watch?.heartbeatDetails?.payloads ?? []
    if (!payload) return undefined
    const seen = (await decodePayload(payload, workflow.options.loadedDataConverter)) as WatchHeartbeat
    const { alarms = [], blind } = seen
    return {
      target,
      alarms,
      ...(blind ? { blind: { since: new Date(blind.since).toISOString(), error: blind.error } } : {}),
    }
  } catch {
    return undefined
  }
}
