import { CancellationScope, sleep } from '@temporalio/workflow'
import type { Verdict } from '../../rollout/view.ts'
import { isoNow } from '../clock.ts'
import { watch } from '../activities.ts'
import { problemOf } from '../problem.ts'
import type { EndpointContext } from './context.ts'

/** Looking may fail so long before that is a verdict of its own. */
const patience = 5 * 60_000
/** Pauses between looks at what was doubted; they grow, so that a long doubt costs little history. */
const firstPause = 60_000
const longestPause = 15 * 60_000

/** The watch over one target: from its first traffic until it has none or is committed; one activity, however long. */
export class TargetWatch {
  private scope: CancellationScope | undefined
  private doubted = false
  /** Since when the candidate has traffic that no Fail has ended. */
  private began: number | undefined

  private readonly ctx: EndpointContext

  constructor(ctx: EndpointContext) {
    this.ctx = ctx
  }

  /** Real epoch milliseconds from which on a red alarm counts, however short it was. */
  get since(): number | undefined {
    return this.began
  }

  start(): void {
    if (this.scope) return
    this.began ??= Date.now()
    const { alarms } = this.ctx.planned
    if (alarms.length === 0) return
    const scope = new CancellationScope()
    this.scope = scope
    void scope.run(() => this.look(scope)).catch(() => undefined)
  }

  stop(): void {
    this.scope?.cancel()
    this.scope = undefined
    this.began = undefined
  }

  /** A person has judged what was doubted, or traffic moves on: the next doubt is told again. */
  trust(): void {
    this.doubted = false
  }

  /** Looks until a Fail, or until stopped. What cannot be judged is told once, and looked at on: the alarm may still turn red. */
  private async look(scope: CancellationScope): Promise<void> {
    for (let pause = firstPause; this.scope === scope; pause = Math.min(pause * 2, longestPause)) {
      const verdict = await this.lookOnce()
      if (this.scope !== scope) return
      if (verdict.result === 'Fail') {
        this.scope = undefined
        this.began = undefined
        return this.ctx.verdict(verdict)
      }
      if (!this.doubted) this.ctx.verdict(verdict)
      this.doubted = true
      await sleep(this.ctx.clock.real(pause), { summary: `${this.ctx.label}: watch again` })
    }
  }

  private async lookOnce(): Promise<Verdict> {
    const { ctx } = this
    const pollEvery = Math.max(200, ctx.clock.real(ctx.input.watch.pollEvery))
    const summary = `${ctx.label}: watch ${ctx.planned.alarms.length} alarms`
    try {
      return await watch(ctx.clock, summary, pollEvery).watchTarget({
        ...ctx.on,
        alarms: ctx.planned.alarms,
        since: this.began ?? Date.now(),
        pollEvery,
        patience: ctx.clock.real(patience),
      })
    } catch (error) {
      const problem = problemOf(error)
      return {
        result: 'Inconclusive',
        target: ctx.key,
        at: isoNow(),
        message: `${ctx.label}: the alarms cannot be watched: ${problem.message}`,
        cause: { kind: 'could-not-look', error: problem.message, since: isoNow() },
      }
    }
  }
}
