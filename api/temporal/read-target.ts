import type { RolloutAnswer, RolloutLine, TargetAnswer } from '../answers.ts'
import type { ApiContext } from '../context.ts'
import { targetKey } from '../../rollout/target.ts'
import { listRollouts } from './list-rollouts.ts'
import { readRollout } from './read-rollout.ts'

/** How far back is looked for the rollout that brought what serves; older ones are beyond Temporal's retention anyway. */
const HOW_MANY = 50

export interface TargetName {
  readonly accountId: string
  readonly region: string
  readonly endpoint: string
}

/** What serves at a target, since when and by which rollout, as far as Temporal remembers. */
export async function readTarget(context: ApiContext, name: TargetName): Promise<TargetAnswer> {
  const key = targetKey(name.accountId, name.region, name.endpoint)
  const { rollouts } = await listRollouts(context, { target: key }, { limit: HOW_MANY })
  const answers = await Promise.all(
    rollouts.filter(({ execution }) => execution === 'running').map((line) => readRollout(context, line.id)),
  )
  const running = answers.filter((answer) => mayConcern(answer, key))
  const current = running.find((each) => holds(each, key)) ?? running[0]
  const served = await findServing(context, rollouts, key)
  return {
    key,
    ...name,
    serving: served.serving,
    current: current ? describeCurrent(current, key) : null,
    stale: served.stale || running.some(({ stale }) => stale),
  }
}

/** Rollouts with many targets are found by hashes, which may mean other targets. A stale one cannot be asked. */
function mayConcern(answer: RolloutAnswer, key: string): boolean {
  return answer.stale || answer.targets.length === 0 || answer.targets.some((target) => target.key === key)
}

/** A queued rollout names the target as well, but does not work on it yet. */
function holds(answer: RolloutAnswer, key: string): boolean {
  return !answer.stale && answer.targets.some((target) => target.key === key && target.state !== 'Pending')
}

function describeCurrent(answer: RolloutAnswer, key: string): TargetAnswer['current'] {
  const { id: rollout, phase, message } = answer
  const common = { rollout, package: answer.package, phase, message }
  const target = answer.stale ? undefined : answer.targets.find((each) => each.key === key)
  if (!target) return common
  return { ...common, asked: target.asked, actual: target.actual, state: target.state }
}

/** The newest rollout that committed here; one that was an undo takes the rollout that it undid out of the list. */
async function findServing(
  context: ApiContext,
  lines: readonly RolloutLine[],
  key: string,
): Promise<{ readonly serving: TargetAnswer['serving']; readonly stale: boolean }> {
  const undone = new Set<string>()
  let stale = false
  for (const line of lines) {
    if (!mayHaveCommitted(line) || undone.has(line.id)) continue
    const answer = await readRollout(context, line.id)
    stale ||= answer.stale
    const since = committedAt(answer, line, key)
    if (since === undefined) continue
    if (line.undoes === undefined)
      return { serving: { package: line.package, since, rollout: line.id }, stale }
    undone.add(line.undoes)
  }
  return { serving: null, stale }
}

/** Since when this rollout's model serves there; undefined if it does not. Without a worker only full success is sure. */
function committedAt(answer: RolloutAnswer, line: RolloutLine, key: string): string | undefined {
  if (answer.stale) return line.outcome === 'Succeeded' ? line.endedAt : undefined
  const target = answer.targets.find((each) => each.key === key)
  return target?.state === 'Committed' ? target.since : undefined
}

function mayHaveCommitted({ outcome, phase }: RolloutLine): boolean {
  return outcome === 'Succeeded' || outcome === 'Partial' || phase === 'Committing' || phase === 'NeedsHuman'
}
