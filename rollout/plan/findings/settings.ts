import type { Finding } from '../types.ts'
import { factsOf, isUnreadable } from '../context.ts'
import type { Find } from './finding.ts'
import { error } from './finding.ts'

/** What the candidate is made of is complete, and the package says that it runs there. */
export const findSettings: Find = (context, planned) => {
  const { facts, document, production, staging } = context
  const types = isUnreadable(facts.package) ? [] : facts.package.instanceTypes
  const several = !isUnreadable(facts.package) && facts.package.containers.length > 1
  const targets = planned.staging ? [planned.staging, ...planned.targets] : planned.targets
  return targets.flatMap((target): readonly Finding[] => {
    const own = [...production, ...(staging ? [staging] : [])].find((one) => one.target.key === target.key)
    if (!own || factsOf(context, target.key).denied !== undefined) return []
    const at = { path: own.path, target: target.key }
    const type = target.candidate.variant['InstanceType']
    const missing =
      target.action === 'create'
        ? (['instanceType', 'instanceCount', 'executionRole'] as const).filter(
            (key) => own.settings[key] === undefined,
          )
        : []
    return [
      ...missing.map((key) =>
        error(
          'endpoint-incomplete',
          { ...at, path: `endpoint.${key}` },
          `endpoint ${target.key} does not exist yet, and the document gives no ${key}`,
          `write \`${key}\` in \`endpoint\`, or correct the endpoint’s name if it should exist`,
        ),
      ),
      ...(target.action === 'update' && target.candidate.model.executionRole === ''
        ? [
            error(
              'execution-role-unknown',
              { ...at, path: 'endpoint.executionRole' },
              `the execution role of stable’s model in ${target.key} is not known, and the document gives none`,
              'write `executionRole` in `endpoint`',
            ),
          ]
        : []),
      ...(several && target.candidate.model.invocation === undefined
        ? [
            error(
              'invocation-unknown',
              { ...at, path: 'endpoint.invocation' },
              `the package has several containers, and neither the document nor stable in ${target.key} says how they are called`,
              'write `invocation: serial` (one after another) or `invocation: direct` (each by its name) in `endpoint`',
            ),
          ]
        : []),
      ...(typeof type === 'string' && types.length > 0 && !types.includes(type)
        ? [
            error(
              'instance-type-unsupported',
              { ...at, path: 'endpoint.instanceType' },
              `${target.key} would run on ${type}, but the package supports only ${types.join(', ')}`,
              'choose one of these, or register the package with SupportedRealtimeInferenceInstanceTypes that include it',
            ),
          ]
        : []),
      ...(target.action === 'create' && target.stage === 'production' && (target.firstWeight ?? 100) < 100
        ? [
            error(
              'canary-cannot-be-expressed',
              { ...at, path: 'production.strategy' },
              `endpoint ${target.key} does not exist yet: there is no stable variant that could take the other ${100 - (target.firstWeight ?? 0)} %`,
              `write \`strategy: { allAtOnce: { bake: … } }\` for a first deployment${
                document.production.waves.flat().length > 1 ? ', in a document of its own' : ''
              }`,
            ),
          ]
        : []),
    ]
  })
}
