import { takePath } from './paths.ts'
import type { Moment } from './probe.ts'
import { recordedPaths, type Recording } from './recording.ts'
import type { Scenario } from './scenario.ts'

/**
 * The worker dies by SIGKILL at every moment of every path, and another takes over. Requests that only read, and that one
 * activity makes again and again, are one point: the first of them.
 */
export function crashPoints(recording: Recording): readonly Scenario[] {
  return recordedPaths(recording).flatMap(({ path, moments }) =>
    moments.filter(isOneOfMany).map((moment) => ({
      id: `crash/${path}/${moment}`,
      kind: `crash ${moment.slice(0, moment.indexOf('/'))}`,
      path,
      async run(stage) {
        const trap = await stage.crashAt(moment)
        const expectation = await takePath(stage, path)
        return { ...expectation, reached: trap.happened() }
      },
    })),
  )
}

/** `SageMaker.DescribeEndpoint` of a request's moment; undefined for the end of an activity. */
export function operationOf(moment: Moment): string | undefined {
  return moment.startsWith('returned/') ? undefined : /\/([^/]+)#\d+$/.exec(moment)?.[1]
}

/** Whether a request leaves AWS as it was. */
export function onlyReads(operation: string): boolean {
  return /\.(Describe|List|Get|Head|Batch(Get|Check)|AssumeRole|Invoke)/.test(operation)
}

function isOneOfMany(moment: Moment): boolean {
  const operation = operationOf(moment)
  return operation === undefined || !onlyReads(operation) || moment.endsWith('#1')
}
