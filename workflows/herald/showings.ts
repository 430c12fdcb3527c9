import { sleep } from '@temporalio/workflow'
import type { ShowRollout } from '../../activities/notices/contract.ts'
import type { Showing } from '../../rollout/notices/types.ts'
import { createClock } from '../clock.ts'
import { problemOf } from '../problem.ts'
import { sending } from './activities.ts'

/** Slack takes about one message a second and channel; real milliseconds. */
const betweenMessages = 2_000

/** What a message in one channel needs to be kept up to date. */
export interface Kept extends Showing {
  /** `seq` of the last timeline entry in its thread. */
  readonly after: number
}

type Said = Pick<ShowRollout, 'acknowledgements' | 'unacknowledged'>

/**
 * The messages of one rollout in Slack. Each channel has at most one request on its way; what happens meanwhile is one more
 * afterwards. While Slack is down one activity waits for it, and then shows the rollout as it is by then.
 */
export class Showings {
  private readonly kept = new Map<string, Kept>()
  private readonly busy = new Set<string>()
  private readonly behind = new Set<string>()
  private readonly rolloutId: string
  private readonly said: () => Said
  private clockRate = 1

  constructor(rolloutId: string, said: () => Said) {
    this.rolloutId = rolloutId
    this.said = said
  }

  takeOver(kept: readonly Kept[]): void {
    for (const one of kept) this.kept.set(one.channel, one)
  }

  handOver(): readonly Kept[] {
    return [...this.kept.values()]
  }

  views(): readonly Showing[] {
    return this.handOver().map(({ after: _, ...showing }) => showing)
  }

  threadOf(channel: string): string | undefined {
    return this.kept.get(channel)?.ts
  }

  get idle(): boolean {
    return this.busy.size === 0 && this.behind.size === 0
  }

  /** The rollout is not any more as it is shown. */
  update(channels: readonly string[], clockRate: number): void {
    this.clockRate = clockRate
    for (const channel of channels) {
      this.behind.add(channel)
      if (!this.busy.has(channel)) void this.keepUp(channel)
    }
  }

  private async keepUp(channel: string): Promise<void> {
    this.busy.add(channel)
    while (this.behind.delete(channel)) {
      await this.show(channel)
      await sleep(betweenMessages, { summary: `gives ${channel} time` })
    }
    this.busy.delete(channel)
  }

  private async show(channel: string): Promise<void> {
    const { lastError: _, ...before } = this.kept.get(channel) ?? { channel, after: 0 }
    this.kept.set(channel, before)
    try {
      const { ts, shows, after, complete } = await sending(
        createClock(this.clockRate),
        `show/${channel}`,
        `the message in ${channel}`,
      ).showRollout({
        rolloutId: this.rolloutId,
        channel,
        after: before.after,
        ...(before.ts === undefined ? {} : { message: before.ts }),
        ...this.said(),
      })
      this.kept.set(channel, { channel, ts, shows, after })
      if (!complete) this.behind.add(channel)
    } catch (error) {
      this.kept.set(channel, { ...before, lastError: problemOf(error).message })
    }
  }
}
