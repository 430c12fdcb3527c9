import { writePath } from './problem.ts'
import type { Check } from './check.ts'
import { targetsIn } from './check.ts'

/** No endpoint is listed twice, and there are not too many. */
export const checkTargets: Check = (document, report) => {
  const targets = targetsIn(document)
  const production = targets.filter(({ path }) => path[0] === 'production')
  if (production.length > 200)
    report(['production', 'waves'], 'at most 200 targets', `${production.length} targets`)

  const seen = new Map<string, string>()
  for (const { target, path } of targets) {
    const id = document.accounts?.[target.account ?? '']?.id
    const name = target.endpoint?.name ?? document.endpoint?.name
    if (!id || !target.region || !name) continue
    // SageMaker compares endpoint names without case when it creates them.
    const key = `${id}/${target.region}/${name.toLowerCase()}`
    const before = seen.get(key)
    if (before === undefined) seen.set(key, writePath(path))
    else
      report(
        path,
        `every endpoint once; ${before} is the same one`,
        `endpoint ${id}/${target.region}/${name} again`,
      )
  }
}
