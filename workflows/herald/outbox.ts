import { ApplicationFailure, ActivityFailure, proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { NoticeActivities } from '../../activities/notices/contract.ts'
import { permanentFailures } from '../../rollout/failure.ts'
import type { Delivery, Notice } from '../../rollout/notices/types.ts'
import { createClock, isoNow } from '../clock.ts'
import { noticesQueue } from '../messages.ts'
import { problemOf } from '../problem.ts'

/** A receiver that is away for longer gets no more of it; it stays visible on the rollout. */
const giveUpAfter = 24 * 60 * 60_000

/** Ended deliveries that are kept, so that a herald that lives for long stays small. */
const mostKept = 300

/** One notice on its way to one channel, with all that is needed to send it again. */
export interface Parcel {
  readonly notice: Notice
  readonly channel: string
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

  constructor(rolloutId: string) {
    this.rolloutId = rolloutId
  }

  send(
    news: readonly { readonly notice: Notice; readonly to: readonly string[] }[],
    clockRate: number,
  ): void {
    this.clockRate = clockRate
    for (const { notice, to } of news) {
      for (const channel of to) this.post(notice, channel)
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

  private post(notice: Notice, channel: string): void {
    // Also the id of the activity, by which the API finds out how often it was tried.
    const id = `deliver/${channel}/${notice.id}`
    if (this.parcels.has(id)) return
    const parcel: Parcel = {
      notice,
      channel,
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

  private async deliver({ notice, channel, delivery }: Parcel): Promise<void> {
    const { id } = delivery
    try {
      const { attempts } = await this.activities(id, `${notice.event} to ${channel}`).deliverNotice({
        rolloutId: this.rolloutId,
        notice,
        channel,
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
    const clock = createClock(this.clockRate)
    return proxyActivities<NoticeActivities>({
      activityId,
      summary,
      taskQueue: noticesQueue(workflowInfo().taskQueue),
      startToCloseTimeout: '15s',
      scheduleToCloseTimeout: Math.max(60_000, clock.real(giveUpAfter)),
      retry: {
        initialInterval: Math.max(100, clock.real(2_000)),
        backoffCoefficient: 2,
        maximumInterval: Math.max(1_000, clock.real(5 * 60_000)),
        nonRetryableErrorTypes: [...permanentFailures],
      },
    })
  }
}

function attemptsOf(error: unknown): number | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : undefined
  const [details] = cause instanceof ApplicationFailure ? (cause.details ?? []) : []
  const { attempts } = (details ?? {}) as { attempts?: unknown }
  return typeof attempts === 'number' ? attempts : undefined
}
