import { ApplicationFailure, ActivityFailure, condition } from '@temporalio/workflow'
import type { Destination, Look, NoticeActivities } from '../../activities/notices/contract.ts'
import type { Delivery, Notice } from '../../rollout/notices/types.ts'
import { createClock, isoNow } from '../clock.ts'
import { problemOf } from '../problem.ts'
import { sending } from './activities.ts'

/** Ended deliveries that are kept, so that a herald that lives for long stays small. */
const mostKept = 300

/** One notice on its way to one channel, with all that is needed to send it again. */
export interface Parcel {
  readonly notice: Notice
  readonly to: Destination
  readonly delivery: Delivery
}

/**
 * Notices on their way. Each goes by itself, so that a receiver that is away delays nothing but its own; each is one
 * activity whose retries are the server's, so that trying for a day costs the history what one attempt does.
 */
export class Outbox {
  private readonly parcels = new Map<string, Parcel>()
  private clockRate = 1
  private readonly rolloutId: string
  private readonly threadOf: (channel: string) => string | undefined

  /** `threadOf` is Slack's name of the rollout's message in a channel, once it is there. */
  constructor(rolloutId: string, threadOf: (channel: string) => string | undefined) {
    this.rolloutId = rolloutId
    this.threadOf = threadOf
  }

  send({ news, clockRate }: Pick<Look, 'news' | 'clockRate'>): void {
    this.clockRate = clockRate
    for (const { notice, to } of news) {
      for (const destination of to) this.post(notice, destination)
    }
  }

  /** Takes over what an earlier run of the same herald had not finished. */
  takeOver(parcels: readonly Parcel[], clockRate: number): void {
    this.clockRate = clockRate
    for (const parcel of parcels) {
      this.parcels.set(parcel.delivery.id, parcel)
      if (parcel.delivery.state === 'pending') void this.deliver(parcel)
    }
  }

  handOver(): readonly Parcel[] {
    return [...this.parcels.values()]
  }

  deliveries(): readonly Delivery[] {
    return this.handOver().map(({ delivery }) => delivery)
  }

  get idle(): boolean {
    return this.deliveries().every(({ state }) => state !== 'pending')
  }

  private post(notice: Notice, to: Destination): void {
    const { channel } = to
    // Also the id of the activity, by which the API finds out how often it was tried.
    const id = `deliver/${channel}/${notice.id}`
    if (this.parcels.has(id)) return
    const parcel: Parcel = {
      notice,
      to,
      delivery: {
        id,
        notice: notice.id,
        event: notice.event,
        channel,
        state: 'pending',
        since: isoNow(),
      },
    }
    this.parcels.set(id, parcel)
    void this.deliver(parcel)
  }

  private async deliver({ notice, to: { channel, inThread }, delivery }: Parcel): Promise<void> {
    const { id } = delivery
    if (inThread) await condition(() => this.threadOf(channel) !== undefined)
    const thread = this.threadOf(channel)
    try {
      const { attempts } = await this.activities(id, `${notice.event} to ${channel}`).deliverNotice({
        rolloutId: this.rolloutId,
        notice,
        channel,
        ...(thread === undefined ? {} : { thread }),
      })
      this.end(id, { state: 'delivered', attempts })
    } catch (error) {
      const attempts = attemptsOf(error)
      this.end(id, {
        state: 'gave-up',
        lastError: problemOf(error).message,
        ...(attempts === undefined ? {} : { attempts }),
      })
    }
  }

  private end(id: string, how: Pick<Delivery, 'state'> & Partial<Delivery>): void {
    const parcel = this.parcels.get(id)
    if (!parcel) return
    this.parcels.set(id, { ...parcel, delivery: { ...parcel.delivery, ...how, endedAt: isoNow() } })
    const ended = this.handOver().filter(({ delivery }) => delivery.state !== 'pending')
    for (const { delivery } of ended.slice(0, Math.max(0, ended.length - mostKept)))
      this.parcels.delete(delivery.id)
  }

  private activities(activityId: string, summary: string): NoticeActivities {
    return sending(createClock(this.clockRate), activityId, summary)
  }
}

function attemptsOf(error: unknown): number | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : undefined
  const [details] = cause instanceof ApplicationFailure ? (cause.details ?? []) : []
  const { attempts } = (details ?? {}) as { attempts?: unknown }
  return typeof attempts === 'number' ? attempts : undefined
}
