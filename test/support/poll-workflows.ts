import { proxyActivities } from '@temporalio/workflow'
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
