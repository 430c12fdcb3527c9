import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow'
import type { Look } from '../../activities/notices/contract.ts'
import { nothingTold } from '../../rollout/notices/memory.ts'
import type { Acknowledgement, HeraldView, NoticeMemory } from '../../rollout/notices/types.ts'
import type { Acknowledge, AcknowledgeAnswer } from '../messages.ts'
import { acknowledgeUpdate, noticesQuery, pokeSignal } from '../messages.ts'
import { looking } from './activities.ts'
import { Outbox, type Parcel } from './outbox.ts'
import { Showings, type Kept } from './showings.ts'

/** Bursts of what happens in a rollout become one look; real milliseconds. */
const betweenLooks = 2_000

export interface HeraldInput {
  readonly rolloutId: string
  /** What an earlier run of the same herald knew. */
  readonly carried?: {
    readonly memory: NoticeMemory
    readonly acknowledgements: readonly Acknowledgement[]
    readonly parcels: readonly Parcel[]
    readonly kept: readonly Kept[]
    readonly clockRate: number
  }
}

/**
 * Tells people what happens in one rollout, until it is over and all of it is told. The rollout only pokes it; everything
 * else it finds out by looking. Whatever goes wrong here, the rollout does not notice.
 */
export async function herald(input: HeraldInput): Promise<void> {
  await new Herald(input).run()
}

class Herald {
  private memory: NoticeMemory
  private readonly acknowledgements: Acknowledgement[]
  private readonly outbox: Outbox
  private readonly showings: Showings
  private shown: { readonly version: number; readonly acknowledged: number } | undefined
  private poked = true
  private over = false
  private readonly input: HeraldInput

  constructor(input: HeraldInput) {
    const { rolloutId, carried } = input
    this.input = input
    this.memory = carried?.memory ?? nothingTold
    this.acknowledgements = [...(carried?.acknowledgements ?? [])]
    this.showings = new Showings(rolloutId, () => ({
      acknowledgements: this.acknowledgements,
      unacknowledged: this.unacknowledged !== undefined,
    }))
    this.outbox = new Outbox(rolloutId, (channel) => this.showings.threadOf(channel))
    setHandler(pokeSignal, () => void (this.poked = true))
    setHandler(noticesQuery, () => this.view())
    setHandler(acknowledgeUpdate, (said) => this.acknowledge(said), {
      validator: (said) => this.refuseAcknowledge(said),
    })
    if (!carried) return
    this.showings.takeOver(carried.kept)
    this.outbox.takeOver(carried.parcels, carried.clockRate)
  }

  async run(): Promise<void> {
    for (;;) {
      const look = await this.look()
      if (this.over) break
      await this.untilNews(look)
      if (workflowInfo().continueAsNewSuggested) await this.beginAnew(look.clockRate)
    }
    await condition(allHandlersFinished)
  }

  private async look(): Promise<Look> {
    this.poked = false
    const look = await looking().lookAtRollout({
      rolloutId: this.input.rolloutId,
      memory: this.memory,
      acknowledged: this.acknowledgements.map(({ trouble }) => trouble),
    })
    this.memory = look.memory
    this.outbox.send(look)
    this.show(look)
    this.over = look.over && this.idle
    return look
  }

  private show({ version, shownIn, clockRate }: Look): void {
    const now = { version, acknowledged: this.acknowledgements.length }
    if (this.shown?.version === version && this.shown.acknowledged === now.acknowledged) return
    this.shown = now
    this.showings.update(shownIn, clockRate)
  }

  /** Nothing is on its way, and nobody is waited for. */
  private get idle(): boolean {
    return this.outbox.idle && this.showings.idle && this.unacknowledged === undefined
  }

  private async untilNews({ lookAt, over }: Look): Promise<void> {
    const looked = Date.now()
    const told = (): boolean => this.poked || (over && this.idle)
    await condition(told, Math.max(1, lookAt - looked), { summary: 'until something happens' })
    const early = looked + betweenLooks - Date.now()
    if (early > 0) await sleep(early, { summary: 'what else happens now' })
  }

  private get unacknowledged(): string | undefined {
    const key = this.memory.trouble?.key
    return this.acknowledgements.some(({ trouble }) => trouble === key) ? undefined : key
  }

  private refuseAcknowledge({ by }: Acknowledge): void {
    if (typeof by !== 'string' || by === '') throw refused('it does not say who acknowledges')
    if (this.memory.trouble === undefined) throw refused('nothing needs a person now')
  }

  private acknowledge({ by, comment, at }: Acknowledge): AcknowledgeAnswer {
    const trouble = this.unacknowledged
    if (trouble === undefined) {
      const last = this.acknowledgements.at(-1)
      return {
        result: 'already-decided',
        message: `acknowledged already by ${last?.by ?? 'somebody'} at ${last?.at ?? 'some time'}`,
      }
    }
    this.acknowledgements.push({
      trouble,
      by,
      at,
      ...(comment === undefined ? {} : { comment: String(comment).slice(0, 2_000) }),
    })
    this.poked = true
    return { result: 'accepted', message: `acknowledged by ${by}: nobody is reminded of it any more` }
  }

  private view(): HeraldView {
    const { unacknowledged } = this
    return {
      rolloutId: this.input.rolloutId,
      deliveries: this.outbox.deliveries(),
      showings: this.showings.views(),
      acknowledgements: this.acknowledgements,
      ...(unacknowledged === undefined ? {} : { unacknowledged }),
      over: this.over,
    }
  }

  /** What is on its way is sent again by the next run, under the same ids. */
  private async beginAnew(clockRate: number): Promise<void> {
    await condition(allHandlersFinished)
    await continueAsNew<typeof herald>({
      rolloutId: this.input.rolloutId,
      carried: {
        memory: this.memory,
        acknowledgements: this.acknowledgements,
        parcels: this.outbox.handOver(),
        kept: this.showings.handOver(),
        clockRate,
      },
    })
  }
}

function refused(reason: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(reason, 'Refused')
}
