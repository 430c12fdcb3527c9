import type { Reminders } from '../../rollout/notices/detect.ts'
import type { Notice, NoticeMemory } from '../../rollout/notices/types.ts'

/**
 * What the herald lets be done. They run on a task queue of their own, with slots of their own, so that a receiver that
 * hangs can never take a slot from a rollout. They throw as all activities do.
 */
export interface NoticeActivities {
  /** Reads the rollout and says what is new in it and where that goes. Changes nothing. */
  lookAtRollout(input: LookAtRollout): Promise<Look>
  /** Sends one notice to one channel; throws Refused when the receiver never wants to see it again. */
  deliverNotice(input: DeliverNotice): Promise<{ readonly attempts: number }>
}

export interface LookAtRollout {
  readonly rolloutId: string
  readonly memory: NoticeMemory
  /** Keys of the troubles that somebody has acknowledged. */
  readonly acknowledged: readonly string[]
}

export interface Look {
  readonly memory: NoticeMemory
  readonly news: readonly { readonly notice: Notice; readonly to: readonly string[] }[]
  /** Version of the rollout's state. */
  readonly version: number
  /** The rollout's workflow has ended, and no notice of it is to come but reminders. */
  readonly over: boolean
  /** Epoch milliseconds when to look again, if nothing happens before. */
  readonly lookAt: number
  readonly clockRate: number
}

export interface DeliverNotice {
  readonly rolloutId: string
  readonly notice: Notice
  readonly channel: string
}

export type { Reminders }
