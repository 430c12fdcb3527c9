import type { Outcome, Phase } from '../../rollout/phases.ts'
import { rolloutWorkflow } from '../../workflows/messages.ts'
import { searchAttributes } from '../../workflows/search-attributes.ts'
import { termsOf } from './target-terms.ts'

/** What rollouts can be listed by. */
export interface RolloutFilter {
  readonly model?: string
  readonly phase?: Phase
  readonly outcome?: Outcome
  /** A target's key. */
  readonly target?: string
  /** How the ids of the workflows begin. */
  readonly idPrefix?: string
}

/** Only what may stand in a model's name or a target's key; everything else is refused before it comes here. */
export const filterText = /^[\w./-]{1,200}$/

/** The filter in Temporal's list syntax. */
export function writeQuery(filter: RolloutFilter): string {
  const { model, phase, outcome, target } = searchAttributes
  const { idPrefix } = filter
  const terms = [
    `WorkflowType = ${quote(rolloutWorkflow)}`,
    ...term(model.name, filter.model),
    ...term(phase.name, filter.phase),
    ...term(outcome.name, filter.outcome),
    ...(idPrefix === undefined ? [] : [`WorkflowId STARTS_WITH ${quote(idPrefix)}`]),
    ...(filter.target === undefined ? [] : [anyTerm(target.name, termsOf(filter.target))]),
  ]
  return terms.join(' AND ')
}

function term(attribute: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [`${attribute} = ${quote(value)}`]
}

function anyTerm(attribute: string, values: readonly string[]): string {
  return `(${values.flatMap((value) => term(attribute, value)).join(' OR ')})`
}

/** @throws RangeError for a text that could end the quotes */
function quote(value: string): string {
  if (!filterText.test(value)) throw new RangeError(`Not a name: ${JSON.stringify(value)}`)
  return `'${value}'`
}
