import { meaningOf } from './outcome.ts'
import { verbPast } from './roles.ts'
import type { Decision, Measurement, RolloutView } from './view.ts'

const units: Readonly<Record<Measurement['unit'], string>> = { ms: ' ms', count: '', rate: '', bool: '' }

function explainMeasurement(view: RolloutView, measurement: Measurement): string {
  const step = view.steps.find((one) => one.number === measurement.step)
  const unit = units[measurement.unit]
  const limit = measurement.limit === undefined ? '' : `, allowed ${measurement.limit}${unit}`
  const samples = measurement.samples === undefined ? '' : ` (${measurement.samples} samples)`
  const value =
    measurement.unit === 'bool' ? (measurement.value ? 'yes' : 'no') : `${measurement.value}${unit}`
  const where = measurement.target ? ` on ${measurement.target}` : ''
  return `Step ${measurement.step}${step ? ` (${step.title})` : ''}${where}: ${measurement.name} was ${value}${limit}${samples}.`
}

/** A comment of several lines must not look like sentences of ours. */
function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*[\r\n]+\s*/g, ' ↵ ')
}

function explainDecision(decision: Decision): string {
  // The first gate is called `approval`, which says no more than the verb.
  const gate = decision.gate && decision.gate !== 'approval' ? ` ${decision.gate}` : ''
  const comment = decision.comment ? `: “${oneLine(decision.comment)}”` : ''
  const doubt = decision.verified ? '' : ' (unverified: it did not come through the API)'
  const dropped = decision.result === 'accepted' ? '' : ` (${decision.result})`
  const plain = decision.verb === 'promoteFull' ? 'promote in full' : decision.verb
  const did = decision.result.startsWith('refused: ') ? `tried to ${plain}` : verbPast[decision.verb]
  return `${decision.by} ${did}${gate} at ${decision.at}${comment}${doubt}${dropped}.`
}

/**
 * Which alarm, measurement or person decided, with the numbers, in sentences: first where the rollout is and why, then the
 * evidence, then who did what.
 */
export function explain(view: RolloutView): readonly string[] {
  const head = view.outcome
    ? `${view.title} ended ${view.outcome}: ${meaningOf(view.outcome, view.links.undoes)}.`
    : `${view.title} is ${view.phase} since ${view.since}: ${view.message}.`
  const deadline = view.deadline && !view.outcome ? [`This wait ends by itself at ${view.deadline}.`] : []
  const verdict = view.verdict
    ? [
        `Decided on ${view.verdict.target} at ${view.verdict.at}: ${view.verdict.result}, ${view.verdict.message}.`,
      ]
    : []
  const gate = view.gate
    ? [
        `The gate ${view.gate.id} is open (${view.gate.why}): ${view.gate.approvals.length} of ${view.gate.required} approvals; allowed: ${view.gate.from.join(', ') || 'nobody'}.`,
      ]
    : []
  const failed = view.steps
    .filter((step) => step.state === 'Failed')
    .map((step) => `Step ${step.number} (${step.title}) failed${step.message ? `: ${step.message}` : ''}.`)
  const conflicts = view.targets
    .filter((target) => target.state === 'Conflict' || target.state === 'NeedsHuman')
    .map((target) => `${target.key} is ${target.state}: ${target.message}.`)
  const { undoneBy } = view.links
  return [
    head,
    ...(undoneBy
      ? [`But rollout ${undoneBy} has undone it since, or is about to: that one says what serves now.`]
      : []),
    ...(view.reason ? [`${oneLine(view.reason).replace(/\.$/, '')}.`] : []),
    ...deadline,
    ...verdict,
    ...failed,
    ...view.measurements.filter((one) => !one.passed).map((one) => explainMeasurement(view, one)),
    ...conflicts,
    ...gate,
    ...view.decisions.map(explainDecision),
    ...view.instructions.map((instruction) => `A person must run: ${instruction}`),
  ]
}
