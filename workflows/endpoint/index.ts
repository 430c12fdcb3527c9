import {
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow'
import { poll } from '../activities.ts'
import { problemOf, ProblemError } from '../problem.ts'
import { commit, giveBackAfterConflict } from './commit.ts'
import { EndpointContext } from './context.ts'
import { withdraw } from './go-back.ts'
import { persist } from './persist.ts'
import { prepare } from './prepare.ts'
import type { EndpointInput, EndpointResult, NumberedOrder, Order, OrderResult } from './protocol.ts'
import { enqueueSignal, lockFreeSignal, orderSignal } from './protocol.ts'
import { recover } from './recover.ts'
import { shift } from './shift.ts'
import { swap } from './swap.ts'
import { TargetWatch } from './watch.ts'

/** How often a child that holds an endpoint makes sure that its rollout still exists. */
const lookForParentEvery = 60 * 60_000

/**
 * Holds one endpoint: its workflow id is the lock. Carries out the orders of its rollout one after another; an order to
 * go back interrupts whatever is under way. Whatever happens to the rollout, the endpoint ends wholly stable or wholly new.
 */
export async function endpoint(input: EndpointInput): Promise<EndpointResult> {
  const ctx = new EndpointContext(input)
  const watch = new TargetWatch(ctx)
  const orders: NumberedOrder[] = []
  const waiters = [...input.waiters]
  /** Orders that a later one to go back has made void. */
  const stale: NumberedOrder[] = []
  let forward: CancellationScope | undefined
  let judging: CancellationScope | undefined
  let abandoned: string | undefined
  let result: EndpointResult | undefined

  const abandon = (why: string): void => {
    if (ctx.committed || abandoned !== undefined) return
    abandoned = why
    forward?.cancel()
  }

  setHandler(orderSignal, (numbered) => {
    // Anybody with access to Temporal can send a signal; one that is none of ours is dropped.
    if (typeof numbered?.order?.kind !== 'string') return
    const { order } = numbered
    if (order.kind === 'retry') {
      ctx.retryRequested = true
      return
    }
    if (order.kind === 'commit') ctx.committed = true
    if (interrupts(order) && !ctx.committed) {
      stale.push(...orders.splice(0))
      forward?.cancel()
    }
    if (order.kind === 'shift') judging?.cancel()
    orders.push(numbered)
  })
  setHandler(enqueueSignal, (waiter) => {
    const id = waiter?.workflowId
    if (typeof id === 'string' && !waiters.includes(id)) waiters.push(id)
  })
  CancellationScope.current().cancelRequested.catch(() => abandon('the rollout was closed from outside'))

  await CancellationScope.nonCancellable(async () => {
    void ctx.reporter.run()
    void watchParent(ctx, abandon)
    while (!result) {
      await condition(() => orders.length > 0 || abandoned !== undefined)
      if (abandoned !== undefined) {
        result = await revert(ctx, watch, abandoned)
        break
      }
      for (const { seq } of stale.splice(0)) ctx.report({ kind: 'failed', seq, problem: interrupted })
      const next = orders.shift()
      if (next) result = await carryOut(next)
    }
    await ctx.reporter.delivered()
    await passOn(ctx.key, waiters)
  })
  return result ?? { outcome: 'Untouched', touched: ctx.touched, message: 'released' }

  async function carryOut({ seq, order }: NumberedOrder): Promise<EndpointResult | undefined> {
    try {
      const done =
        order.kind === 'revert' || order.kind === 'commit' ? await end(order) : await continueWith(order)
      ctx.report({ kind: 'done', seq, result: 'outcome' in done ? {} : done })
      return 'outcome' in done ? done : undefined
    } catch (error) {
      if (isCancellation(error)) {
        ctx.report({ kind: 'failed', seq, problem: interrupted })
        return undefined
      }
      ctx.report({ kind: 'failed', seq, problem: problemOf(error) })
      return undefined
    }
  }

  async function end(order: Order & { kind: 'revert' | 'commit' }): Promise<EndpointResult> {
    if (order.kind === 'revert' && !ctx.committed) return revert(ctx, watch, order.why)
    watch.stop()
    try {
      const { previousConfig } = await commit(ctx)
      const previous = previousConfig === undefined ? {} : { previousConfig }
      return { outcome: 'Committed', touched: ctx.touched, message: 'committed', ...previous }
    } catch (error) {
      const { message } = problemOf(error)
      await giveBackAfterConflict(ctx)
      ctx.enter('Conflict', message)
      return { outcome: 'Conflict', touched: ctx.touched, message }
    }
  }

  async function continueWith(order: Order): Promise<OrderResult | EndpointResult> {
    const scope = new CancellationScope()
    forward = scope
    if (order.kind === 'judge') judging = scope
    try {
      return await scope.run(() => obey(order))
    } finally {
      forward = undefined
      judging = undefined
    }
  }

  async function obey(order: Order): Promise<OrderResult | EndpointResult> {
    switch (order.kind) {
      case 'prepare':
        return prepare(ctx, order.target)
      case 'shift':
        await shift(ctx, order.weight)
        watch.trust()
        watch.start()
        return {}
      case 'judge':
        return judge(ctx, order, watch.since ?? order.from)
      case 'watch':
        watch.trust()
        watch.start()
        return {}
      case 'withdraw':
        watch.stop()
        await persist(ctx, `${ctx.label}: all traffic back to stable`, () => withdraw(ctx, order.why))
        return {}
      case 'swap':
        return swap(ctx, order.target)
      case 'keep': {
        ctx.saga.clear()
        ctx.enter('Committed', `${ctx.config ?? 'the new config'} serves`)
        return { outcome: 'Kept', touched: ctx.touched, message: `${ctx.config ?? 'the new config'} is kept` }
      }
      case 'recover':
        recover(ctx, order)
        return {}
      case 'revert':
      case 'commit':
      case 'retry':
        return {}
    }
  }
}

/** One wait for as long as the lock is held, so that holding it costs the same however long. */
async function watchParent(ctx: EndpointContext, abandon: (why: string) => void): Promise<void> {
  const pollEvery = Math.max(200, ctx.clock.real(lookForParentEvery))
  for (;;) {
    try {
      await poll(ctx.clock, `${ctx.label}: make sure that the rollout still exists`).awaitClosed({
        ...ctx.input.parent,
        pollEvery,
      })
      return abandon('its rollout is gone')
    } catch {
      await sleep(pollEvery, { summary: `${ctx.label}: look again whether the rollout still exists` })
    }
  }
}

const interrupted = { type: 'Transient', message: 'interrupted' } as const

function interrupts(order: Order): boolean {
  return order.kind === 'revert' || order.kind === 'withdraw'
}

async function judge(
  ctx: EndpointContext,
  order: Order & { kind: 'judge' },
  since: number,
): Promise<OrderResult> {
  const { target, input, clock } = ctx
  if (!target) return {}
  return poll(clock, `${ctx.label}: judge the bake`).judgeBake({
    ...ctx.on,
    alarms: target.alarms,
    variant: target.action === 'create' ? target.stableVariant : target.names.candidateVariant,
    since,
    from: order.from,
    to: order.to,
    extendUntil: order.extendUntil,
    step: order.step,
    pollEvery: Math.max(200, clock.real(input.watch.pollEvery)),
    settle: order.last ? 0 : clock.real(input.watch.settle),
    minInvocations: order.last ? 0 : input.watch.minInvocations,
    whenInsufficientData: order.last ? 'pass' : input.watch.whenInsufficientData,
    expected: ctx.expected(),
  })
}

/** Undoes everything, in any state of the endpoint; a Conflict ends it, because what others did is not ours to undo. */
async function revert(ctx: EndpointContext, watch: TargetWatch, why: string): Promise<EndpointResult> {
  watch.stop()
  if (!ctx.target) return { outcome: 'Untouched', touched: false, message: why }
  let conflict: string | undefined
  await ctx.saga.unwind(async (name, undo, patience) => {
    try {
      await persist(ctx, name, undo, patience)
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      conflict ??= error.problem.message
    }
  })
  ctx.enter(conflict === undefined ? 'Reverted' : 'Conflict', conflict ?? why)
  return {
    outcome: conflict === undefined ? 'Reverted' : 'Conflict',
    touched: ctx.touched,
    message: conflict ?? why,
  }
}

/** Calls the first rollout that waits for this lock and hands it the rest; one that is gone is passed over. */
async function passOn(key: string, waiters: readonly string[]): Promise<void> {
  const queue = waiters.filter((id) => id !== workflowInfo().parent?.workflowId)
  for (const [index, workflowId] of queue.entries()) {
    try {
      await getExternalWorkflowHandle(workflowId).signal(lockFreeSignal, {
        key,
        waiters: queue.slice(index + 1),
      })
      return
    } catch {
      // Gone: the next in the queue is called.
    }
  }
}
