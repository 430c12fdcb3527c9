import type { FaultRequest } from '../../sandbox/core/faults.ts'
import type { ServiceName } from '../../sandbox/core/types.ts'
import { activityOf, operationOf } from './crash.ts'
import type { Moment } from './probe.ts'
import { ownMoments, type Recording } from './recording.ts'
import type { Scenario } from './scenario.ts'
import { pointOn } from './together.ts'

/** Two in a row are as many as the SDK tries itself, so that every use of an operation fails once for the activity, too. */
const cycle = { hit: 2, pass: 1 }

/** How AWS may misbehave; a fault hits every use of an operation, but a hang, which costs its timeout each time, one use. */
export const faults: Readonly<Record<string, Omit<FaultRequest, 'service' | 'operation'>>> = {
  throttled: { kind: 'throttle', cycle },
  'error-500': { kind: 'internal-error', cycle },
  reset: { kind: 'reset', cycle },
  'answer-lost': { kind: 'lose-answer', cycle },
  hang: { kind: 'hang', times: 2 },
}

/** Every operation that a path has of its own × every way to misbehave. */
export function misbehaviourPoints(recording: Recording): readonly Scenario[] {
  return ownMoments(recording).flatMap(({ path, moments }) =>
    operationsOf(moments).flatMap((operation) =>
      Object.keys(faults).map((name) =>
        pointOn({
          id: `aws/${path}/${name}/${operation}`,
          kind: `aws ${name}`,
          path,
          // Two that meet in one activity would multiply what it has to try.
          where: activitiesOf(moments, operation),
          async disturb({ stack }) {
            const armed = stack.sandbox.world.faults.arm(faultOn(operation, name))
            // One that has done all it was to do is no longer listed.
            const left = () => stack.sandbox.world.faults.list().find(({ id }) => id === armed.id)
            return () => (left()?.taken ?? 1) > 0
          },
        }),
      ),
    ),
  )
}

/** A fault by its name here, on an operation as in moments. */
export function faultOn(operation: string, fault: string): FaultRequest {
  const [service = '', call = ''] = operation.split('.')
  const found = faults[fault]
  const named = serviceNames[service]
  if (!found || !named) throw new RangeError(`no fault ${fault} on ${operation}`)
  return { ...found, service: named, operation: call }
}

/** `SageMaker.CreateModel`, each once, in the order of their first use. */
export function operationsOf(moments: readonly Moment[]): readonly string[] {
  return [...new Set(moments.flatMap((moment) => operationOf(moment) ?? []))]
}

/** The activities that use an operation. */
function activitiesOf(moments: readonly Moment[], operation: string): readonly string[] {
  return [...new Set(moments.filter((moment) => operationOf(moment) === operation).map(activityOf))]
}

/** The SDK's names of services, as in moments, and the sandbox's. */
const serviceNames: Readonly<Record<string, ServiceName>> = {
  SageMaker: 'sagemaker',
  SageMakerRuntime: 'sagemaker-runtime',
  CloudWatch: 'monitoring',
  S3: 's3',
  ECR: 'ecr',
  STS: 'sts',
  ApplicationAutoScaling: 'application-autoscaling',
  ServiceQuotas: 'servicequotas',
}
