import type { Outcome } from '../../rollout/phases.ts'
import type { DocumentMembers, Expectation, ExpectedRollout, Stage } from './scenario.ts'

/** The three ways of a rollout that the campaign disturbs everywhere. */
export const paths = ['good', 'rollback', 'abort'] as const
export type PathName = (typeof paths)[number]

const ends: Readonly<Record<PathName, { readonly outcome: Outcome; readonly reason: RegExp }>> = {
  good: { outcome: 'Succeeded', reason: /./ },
  rollback: { outcome: 'RolledBack', reason: /alarm fraud-scorer-business/ },
  abort: { outcome: 'Aborted', reason: /^aborted by zoe/ },
}

/** How a path must end, whatever disturbs it. */
export function endOf(path: PathName, id: string): ExpectedRollout {
  const { outcome, reason } = ends[path]
  return { id, outcomes: [outcome], reason }
}

/**
 * Takes one rollout down its path: approved, and then undisturbed (`good`), the team's alarm going off in the second wave as
 * soon as that takes traffic (`rollback`), or aborted at that moment (`abort`).
 */
export async function takePath(
  stage: Stage,
  path: PathName,
  {
    members,
    started,
    turning,
  }: {
    readonly members?: DocumentMembers
    readonly started?: (id: string) => void
    /** Right before what makes it turn back. */
    readonly turning?: () => void
  } = {},
): Promise<Expectation> {
  const id = await stage.start(stage.document(members))
  started?.(id)
  await stage.until(id, (view) => view.phase === 'AwaitingApproval')
  await stage.decide(id, 'approve', 'mia')
  if (path !== 'good') {
    await Promise.race([
      stage.firstTraffic('us-east-1'),
      stage.ended(id).then(({ outcome, reason }) => {
        throw new Error(`it ended ${outcome} before the second wave: ${reason}`)
      }),
    ])
    turning?.()
    if (path === 'rollback') await stage.alarm('us-east-1')
    else await stage.decide(id, 'abort', 'zoe')
  }
  await stage.ended(id)
  return { rollouts: [endOf(path, id)] }
}
