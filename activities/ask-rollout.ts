import type { Client } from '@temporalio/client'

/** Names of `workflows/messages.ts`, of which activities know the types only. */
export const queries = { state: 'state', plan: 'plan' } as const

/** The workflow of a rollout. */
export function rolloutHandle(temporal: Client, rolloutId: string) {
  return temporal.workflow.getHandle(`rollout/${rolloutId}`)
}
