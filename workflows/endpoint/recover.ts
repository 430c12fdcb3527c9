import { call, cleanUp } from '../activities.ts'
import type { EndpointContext } from './context.ts'
import { deleteCreated, goBack } from './go-back.ts'
import { cleanUpPatience } from './persist.ts'
import type { Order } from './protocol.ts'
import { swapBack, swapGoal } from './swap.ts'

/** Takes over from a child that was terminated: registers what its compensations were, so that `revert` runs them. */
export function recover(ctx: EndpointContext, { target, snapshot, by }: Order & { kind: 'recover' }): void {
  const { on, clock, label } = ctx
  ctx.resume(target, snapshot)
  ctx.touched = true
  ctx.takenOver = true
  const own = target.alarms.filter((alarm) => alarm.kind !== 'existing').map((alarm) => alarm.name)
  const swapped = swapGoal(target, snapshot).name
  const config = snapshot.endpoint && by === 'prepare' ? target.names.bakeConfig : target.names.finalConfig
  const { model } = target.names
  ctx.saga.add(
    `${label}: delete model ${model}`,
    () => cleanUp(clock, `${label}: delete model ${model}`).deleteModel({ ...on, name: model }),
    cleanUpPatience,
  )
  ctx.saga.add(
    `${label}: delete config ${config}`,
    () => cleanUp(clock, `${label}: delete config ${config}`).deleteConfig({ ...on, name: config }),
    cleanUpPatience,
  )
  if (own.length > 0) {
    ctx.saga.add(`${label}: delete the alarms of this rollout`, () =>
      call(clock, `${label}: delete the alarms of this rollout`).deleteAlarms({ ...on, names: own }),
    )
  }
  if (snapshot.scaling.length > 0) {
    ctx.saga.add(`${label}: give scaling back`, () =>
      call(clock, `${label}: give scaling back as it was`).restoreScaling({
        ...on,
        scaling: snapshot.scaling,
      }),
    )
  }
  ctx.saga.add(`${label}: put the endpoint back`, () => {
    if (!snapshot.endpoint) return deleteCreated(ctx)
    return by === 'prepare' ? goBack(ctx) : swapBack(ctx, swapped)
  })
}
