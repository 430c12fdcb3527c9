import { parseDuration } from '../duration.ts'
import type { Check, LooseDocument } from './check.ts'
import { present, written } from './check.ts'
import type { Path } from './problem.ts'

type Steps = NonNullable<NonNullable<NonNullable<LooseDocument['production']>['strategy']>['steps']>

function checkSteps(steps: Steps, report: Parameters<Check>[1]): void {
  const at: Path = ['production', 'strategy', 'steps']
  let weight = 0
  for (const [step, index] of present(steps)) {
    const kinds = written(step, ['weight', 'bake', 'approval'])
    if (kinds.length !== 1)
      report(
        [...at, index],
        'exactly one of `weight`, `bake` and `approval`; several steps are several entries',
        kinds.length === 0 ? 'none of them' : kinds.join(' and '),
      )
    else if (step.weight !== undefined) {
      if (step.weight <= weight)
        report([...at, index, 'weight'], `more than ${weight}: weights go up from step to step`)
      weight = Math.max(weight, step.weight)
    } else if (step.bake !== undefined && weight === 0)
      report(
        [...at, index],
        'a `weight` first: without traffic there is nothing to watch',
        'a bake before any weight',
      )
  }
  if (
    !steps.includes(undefined) &&
    !present(steps).some(([step]) => (parseDuration(step.bake ?? '') ?? 0) > 0)
  )
    report(at, 'at least one `bake` longer than 0: a candidate that nobody watches proves nothing', 'no bake')
}

/** One strategy, with steps that make sense in their order; gates that somebody can pass. */
export const checkStrategy: Check = (document, report) => {
  const production = document.production
  const strategy = production?.strategy
  const kinds = ['canary', 'linear', 'allAtOnce', 'steps']
  const given = written(strategy, kinds)
  if (strategy && given.length !== 1)
    report(
      ['production', 'strategy'],
      `exactly one of ${kinds.map((kind) => `\`${kind}\``).join(', ')}`,
      given.length === 0 ? 'none of them' : given.join(' and '),
    )
  if (strategy?.steps) checkSteps(strategy.steps, report)
  for (const kind of ['canary', 'linear', 'allAtOnce'] as const) {
    const bake = strategy?.[kind]?.bake
    if (bake !== undefined && parseDuration(bake) === 0)
      report(
        ['production', 'strategy', kind, 'bake'],
        'longer than 0: a candidate that nobody watches proves nothing; an `emergency` may skip bakes',
      )
  }
  if (production?.betweenWaves && written(production.betweenWaves, ['bake', 'approval']).length === 0)
    report(['production', 'betweenWaves'], '`bake`, `approval` or both', 'neither')
}

/** An approval that nobody could give would hold the rollout until it expires. */
export const checkApprovals: Check = (document, report) => {
  const check = (approval: LooseDocument['approval'], path: Path): void => {
    if (!approval) return
    const from = approval.from
    if (from === undefined || from.length === 0)
      report(
        [...path, 'from'],
        'at least one person or group: an empty or missing list means that nobody can ever approve',
        from === undefined ? 'nothing' : 'an empty list',
      )
    else if (new Set(from).size !== from.length)
      report([...path, 'from'], 'every person or group once', 'one twice')
  }
  check(document.approval, ['approval'])
  check(document.production?.betweenWaves?.approval, ['production', 'betweenWaves', 'approval'])
  for (const [step, index] of present(document.production?.strategy?.steps))
    check(step.approval, ['production', 'strategy', 'steps', index, 'approval'])
}
