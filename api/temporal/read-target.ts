import type { RolloutAnswer, RolloutLine, TargetAnswer } from '../answers.ts'
import type { ApiContext } from '../context.ts'
import { targetKey } from '../../rollout/target.ts'
import { toServed, type Commit } from '../served.ts'
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
  const { commits, stale } = await findCommits(context, rollouts, key)
  const served = toServed(commits)
  const [last] = served
  return {
    key,
    ...name,
    serving:
      last && last.package !== null
        ? { package: last.package, since: last.from, rollout: last.rollout }
        : null,
    served,
    current: current ? describeCurrent(current, key) : null,
    stale: stale || running.some(({ stale }) => stale),
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

/**
 * Every rollout that committed here, newest first, and whether one of them could not be asked itself. Asking one that is
 * over makes a worker replay it, so of those only the newest is asked, and any that may have left this target out.
 */
async function findCommits(
  context: ApiContext,
  lines: readonly RolloutLine[],
  key: string,
): Promise<{ readonly commits: readonly Commit[]; readonly stale: boolean }> {
  let stale = false
  const commits = await Promise.all(
    lines.filter(mayHaveCommitted).map(async (line, index): Promise<readonly Commit[]> => {
      if (index > 0 && line.outcome === 'Succeeded' && line.endedAt && line.targets.includes(key)) {
        return [{ ...line, since: line.endedAt }]
      }
      const answer = await readRollout(context, line.id)
      stale ||= answer.stale
      const since = committedAt(answer, line, key)
      return since === undefined ? [] : [{ ...line, since }]
    }),
  )
  return { commits: commits.flat(), stale }
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
