import type { Acknowledgement, Notice, NoticeMemory } from '../../rollout/notices/types.ts'

/**
 * What the herald lets be done. They run on a task queue of their own, with slots of their own, so that a receiver that
 * hangs can never take a slot from a rollout. They throw as all activities do.
 */
export interface NoticeActivities {
  /** Reads the rollout and says what is new in it and where that goes. Changes nothing. */
  lookAtRollout(input: LookAtRollout): Promise<Look>
  /** Sends one notice to one channel; throws Refused when the receiver never wants to see it again. */
  deliverNotice(input: DeliverNotice): Promise<{ readonly attempts: number }>
  /** Makes the message of the rollout in one Slack channel as the rollout is now. */
  showRollout(input: ShowRollout): Promise<Shown>
}

export interface LookAtRollout {
  readonly rolloutId: string
  readonly memory: NoticeMemory
  /** Keys of the troubles that somebody has acknowledged. */
  readonly acknowledged: readonly string[]
}

export interface Look {
  readonly memory: NoticeMemory
  readonly news: readonly { readonly notice: Notice; readonly to: readonly Destination[] }[]
  /** Slack channels that show the rollout. */
  readonly shownIn: readonly string[]
  /** Version of the rollout's state. */
  readonly version: number
  /** The rollout's workflow has ended, and no notice of it is to come but reminders. */
  readonly over: boolean
  /** Epoch milliseconds when to look again, if nothing happens before. */
  readonly lookAt: number
  readonly clockRate: number
}

export interface Destination {
  readonly channel: string
  /** It goes into the thread of the rollout's message, which must be there first. */
  readonly inThread: boolean
}

export interface DeliverNotice {
  readonly rolloutId: string
  readonly notice: Notice
  readonly channel: string
  /** Slack's name of the message under which it stands. */
  readonly thread?: string
}

export interface ShowRollout {
  readonly rolloutId: string
  readonly channel: string
  /** Slack's name of the message; absent: it is posted. */
  readonly message?: string
  /** `seq` of the last timeline entry in the thread. */
  readonly after: number
  readonly acknowledgements: readonly Acknowledgement[]
  readonly unacknowledged: boolean
}

export interface Shown {
  readonly ts: string
  /** Version of the rollout's state that it shows. */
  readonly shows: number
  readonly after: number
  /** The thread has the whole timeline. */
  readonly complete: boolean
}
