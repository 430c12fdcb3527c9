import type { Finding } from '../types.ts'
import type { Find } from './finding.ts'
import { error } from './finding.ts'

const entity = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/

/** SageMaker's and CloudWatch's limits on what everything will be called. */
export const findNames: Find = (_, planned) =>
  (planned.staging ? [planned.staging, ...planned.targets] : planned.targets).flatMap((target): Finding[] => {
    const bad = [
      ...Object.values(target.names).filter((name) => !entity.test(name)),
      ...target.alarms.map(({ name }) => name).filter((name) => name.length > 255),
    ]
    return bad.map((name) =>
      error(
        'name-not-allowed',
        { path: 'name', target: target.key },
        `${name} is no name that AWS takes (up to 63 letters, digits and inner hyphens)`,
        'shorten the `name` of the document',
      ),
    )
  })
