import type { Moment } from './probe.ts'
import { ownMoments, type Recording } from './recording.ts'
import type { Scenario } from './scenario.ts'
import { pointOn } from './together.ts'

/**
 * The worker dies by SIGKILL in every activity that a path has of its own, and another takes over: before each request that changes
 * something and after its answer, and once the activity has returned. What only reads leaves nothing behind, so that dying
 * anywhere among an activity's reads is one and the same to the world: its first read stands for them, before and after.
 */
export function crashPoints(recording: Recording): readonly Scenario[] {
  return ownMoments(recording).flatMap(({ path, moments }) =>
    moments.filter(isFirstLook()).map((moment) =>
      pointOn({
        id: `crash/${path}/${moment}`,
        kind: `crash ${moment.slice(0, moment.indexOf('/'))}`,
        path,
        where: [moment],
        disturb: async (stage) => (await stage.crashAt(moment)).happened,
      }),
    ),
  )
}

/** `SageMaker.DescribeEndpoint` of a request's moment; undefined for the end of an activity. */
export function operationOf(moment: Moment): string | undefined {
  return moment.startsWith('returned/') ? undefined : /\/([^/]+)#\d+$/.exec(moment)?.[1]
}

/** `ensureModel` of any of its moments. */
export function activityOf(moment: Moment): string {
  return moment.split('/')[1]?.replace(/[@#].*/, '') ?? ''
}

/** Whether a request leaves AWS as it was. */
export function onlyReads(operation: string): boolean {
  return /\.(Describe|List|Get|Head|Batch(Get|Check)|AssumeRole|Invoke)/.test(operation)
}

/** Whether a moment is none of a read, or that of an activity's first. */
function isFirstLook(): (moment: Moment) => boolean {
  const seen = new Set<string>()
  return (moment) => {
    const operation = operationOf(moment)
    if (operation === undefined || !onlyReads(operation)) return true
    const activity = moment.slice(0, moment.lastIndexOf('/'))
    if (seen.has(activity)) return false
    seen.add(activity)
    return true
  }
}
