import { CancellationScope, isCancellation } from '@temporalio/workflow'
import { isoNow } from '../clock.ts'
import { poll } from '../activities.ts'
import { problemOf } from '../problem.ts'
import type { EndpointContext } from './context.ts'

/** Looking may fail so long before that is a verdict of its own. */
const patience = 5 * 60_000

/** The watch over one target: from its first traffic until it has none or is committed; one activity, however long. */
export class TargetWatch {
  private scope: CancellationScope | undefined

  private readonly ctx: EndpointContext

  constructor(ctx: EndpointContext) {
    this.ctx = ctx
  }

  start(): void {
    if (this.scope) return
    const { alarms } = this.ctx.planned
    if (alarms.length === 0) return
    const scope = new CancellationScope()
    this.scope = scope
    void scope.run(() => this.look(scope)).catch(() => undefined)
  }

  stop(): void {
    this.scope?.cancel()
    this.scope = undefined
  }

  private async look(scope: CancellationScope): Promise<void> {
    const { ctx } = this
    try {
      const verdict = await poll(
        ctx.clock,
        `${ctx.label}: watch ${ctx.planned.alarms.length} alarms`,
      ).watchTarget({
        ...ctx.on,
        alarms: ctx.planned.alarms,
        pollEvery: Math.max(200, ctx.clock.real(ctx.input.watch.pollEvery)),
        patience: ctx.clock.real(patience),
      })
      if (this.scope !== scope) return
      this.scope = undefined
      await ctx.verdict(verdict)
    } catch (error) {
      if (isCancellation(error) || this.scope !== scope) return
      this.scope = undefined
      const problem = problemOf(error)
      await ctx.verdict({
        result: 'Inconclusive',
        target: ctx.key,
        at: isoNow(),
        message: `${ctx.label}: the alarms cannot be watched: ${problem.message}`,
        cause: { kind: 'could-not-look', error: problem.message, since: isoNow() },
      })
    }
  }
}
