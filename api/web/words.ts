import { outcomeMeaning, undoneMeaning } from '../../rollout/outcome.ts'
import { outcomes, phases, verbs } from '../../rollout/phases.ts'
import { verbPast } from '../../rollout/roles.ts'
import { verbPath } from '../verb-path.ts'

/** The module `words.js` of the page: the domain's own words, so that the page cannot disagree with them. */
export function writeWords(): string {
  const words = {
    phases,
    outcomes,
    outcomeMeaning,
    undoneMeaning,
    verbPast,
    verbPaths: Object.fromEntries(verbs.map((verb) => [verb, verbPath(verb)])),
  }
  return Object.entries(words)
    .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)}\n`)
    .join('')
}
