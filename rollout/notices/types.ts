import type { GateView, StepView, Verdict } from '../view.ts'
import type { Outcome, Phase } from '../phases.ts'

/** What people can be told of, in the order in which it usually happens. */
export const noticeEvents = [
  'started',
  'waiting-for-approval',
  'step-done',
  'alarm',
  'succeeded',
  'rolled-back',
  'failed',
  'needs-human',
] as const

export type NoticeEvent = (typeof noticeEvents)[number]

/** One thing that happened, as it is sent out. It never changes after it was made: sent twice, it is the same. */
export interface Notice {
  /** The same however often it is sent; receivers drop what they have seen. `fraud-scorer-38-x7k2p9ab/step-done/4` */
  readonly id: string
  readonly event: NoticeEvent
  /** When it was noticed; ISO. */
  readonly at: string
  /** One sentence for people. */
  readonly text: string
  /** From 1 for a reminder of something that still waits; absent the first time. */
  readonly reminder?: number
  readonly rollout: {
    readonly id: string
    readonly name: string
    readonly title: string
    readonly package: string
    readonly startedBy: string
    readonly phase: Phase
    readonly message: string
    readonly outcome?: Outcome
    readonly reason?: string
  }
  readonly step?: Pick<StepView, 'number' | 'id' | 'title' | 'state' | 'message'>
  readonly gate?: Pick<GateView, 'id' | 'title' | 'why' | 'required' | 'from' | 'approvals' | 'expiresAt'>
  readonly verdict?: Verdict
  /** What a person must do, as commands. */
  readonly instructions?: readonly string[]
}

/** What has been told of a rollout already; all that is kept between two looks at it. */
export interface NoticeMemory {
  readonly started: boolean
  /** Numbers of the steps that were told to be done. */
  readonly steps: readonly number[]
  /** `at` and target of the verdict that was told. */
  readonly verdict?: string
  readonly waiting?: Told
  readonly trouble?: Trouble
  /** How many troubles there have been. */
  readonly troubles: number
  readonly ended: boolean
}

/** Something that goes on, and is told again until it is over. */
export interface Told {
  readonly key: string
  /** Epoch milliseconds when it was told last. */
  readonly toldAt: number
  readonly reminders: number
}

/** A time during which a rollout needs a person. `key` is what an acknowledgement is for. */
export interface Trouble extends Told {
  /** Targets that were stuck so far; one more is new trouble. */
  readonly targets: readonly string[]
}

/** Who took notice of a trouble, so that nobody is called about it again. */
export interface Acknowledgement {
  readonly trouble: string
  readonly by: string
  readonly at: string
  readonly comment?: string
}

/** One notice on its way to one channel. */
export interface Delivery {
  readonly id: string
  readonly notice: string
  readonly event: NoticeEvent
  readonly channel: string
  readonly state: 'pending' | 'delivered' | 'gave-up'
  /** Absent while nothing is known of the first, and when the time for it was over. */
  readonly attempts?: number
  readonly since: string
  readonly endedAt?: string
  readonly lastError?: string
}

/** How the message of a rollout stands in one Slack channel. */
export interface Showing {
  readonly channel: string
  /** Slack's own name of the message; absent until it is posted. */
  readonly ts?: string
  /** Version of the rollout's state that it shows. */
  readonly shows?: number
  readonly lastError?: string
}

/** Everything that the herald of one rollout knows; what its query answers. */
export interface HeraldView {
  readonly rolloutId: string
  readonly deliveries: readonly Delivery[]
  readonly showings: readonly Showing[]
  readonly acknowledgements: readonly Acknowledgement[]
  /** The trouble that waits to be acknowledged. */
  readonly unacknowledged?: string
  /** Nothing is left to tell. */
  readonly over: boolean
}
