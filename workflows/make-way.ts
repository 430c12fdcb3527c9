import { defineSignal } from '@temporalio/workflow'

/**
 * From a rollout that waits for a lock to the rollout that holds it: a Promoted one commits, another one gives way if it
 * is to be replaced.
 */
export const makeWaySignal = defineSignal<[{ readonly by: string; readonly replace: boolean }]>('makeWay')
