import { proxyActivities, sleep } from '@temporalio/workflow'
import type { Duration } from '@temporalio/common'

interface Looks {
  look(): Promise<unknown>
}

export async function waits(heartbeatTimeout: Duration | null): Promise<unknown> {
  const { look } = proxyActivities<Looks>({
    startToCloseTimeout: '10s',
    ...(heartbeatTimeout && { heartbeatTimeout }),
    retry: { initialInterval: '10ms' },
  })
  return look()
}

/** Ends at once with what it was given, as a rollout that is over. */
export async function ends(result: unknown): Promise<unknown> {
  return result
}

/** Stays open, as a rollout that holds a lock. */
export async function holds(): Promise<void> {
  await sleep('1h')
}
