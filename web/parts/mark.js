import { html } from '../html.js'

/**
 * States are told by an icon and a word; the colour only repeats them.
 * @typedef {'run' | 'wait' | 'good' | 'bad' | 'back' | 'idle'} Tone
 * @typedef {{ readonly icon: string, readonly tone: Tone }} Mark
 * @import { Outcome, Phase, StepState } from '../../rollout/phases.ts'
 * @import { AlarmSeen, TargetState } from '../../rollout/view.ts'
 */

/** Drawn on a square of 16. */
const shapes = {
  circle: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2z',
  half: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 2v12M8 4.5h4M8 8h6M8 11.5h4',
  clock: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 4.8V8l2.2 1.6',
  check: 'M3 8.5l3.4 3.5L13 4.5',
  cross: 'M4 4l8 8M12 4l-8 8',
  back: 'M6 3L3 6l3 3M3.4 6H10a3.5 3.5 0 0 1 0 7H6.5',
  dash: 'M4 8h8',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  alert: 'M8 2.2L14.4 13.5H1.6zM8 6.4v3.4M8 11.6v.1',
  eye: 'M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8zM8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6z',
  person: 'M8 2.5a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4zM2.8 14c.6-3 2.6-4.4 5.2-4.4s4.6 1.4 5.2 4.4',
  out: 'M6 3.5H3v9.5h9.5V10M9 3h4v4M13 3L7.5 8.5',
}

/** @typedef {keyof typeof shapes} Shape */

/** @param {{ shape: Shape }} props */
export function Icon({ shape }) {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path d=${shapes[shape]} />
  </svg>`
}

/** @typedef {readonly [Shape, Tone]} ShapeAndTone */

/** @type {Readonly<Record<StepState, ShapeAndTone>>} */
const steps = {
  Pending: ['circle', 'idle'],
  Running: ['half', 'run'],
  Waiting: ['clock', 'wait'],
  Passed: ['check', 'good'],
  Failed: ['cross', 'bad'],
  Skipped: ['dash', 'idle'],
  Reverted: ['back', 'back'],
}

/** @type {Readonly<Record<TargetState, ShapeAndTone>>} */
const targets = {
  Pending: ['circle', 'idle'],
  Locked: ['circle', 'idle'],
  Preparing: ['half', 'run'],
  Prepared: ['half', 'run'],
  Shifting: ['half', 'run'],
  Watched: ['eye', 'run'],
  Committing: ['half', 'run'],
  Committed: ['check', 'good'],
  Reverting: ['back', 'back'],
  Reverted: ['back', 'back'],
  Conflict: ['alert', 'bad'],
  NeedsHuman: ['alert', 'bad'],
}

/** @type {Readonly<Record<Outcome, ShapeAndTone>>} */
const outcomes = {
  Succeeded: ['check', 'good'],
  RolledBack: ['back', 'back'],
  Rejected: ['back', 'back'],
  Aborted: ['back', 'back'],
  Superseded: ['back', 'back'],
  Partial: ['alert', 'wait'],
  Conflict: ['alert', 'bad'],
  Failed: ['cross', 'bad'],
  NeedsHuman: ['alert', 'bad'],
}

/** @type {Partial<Record<Phase, ShapeAndTone>>} */
const phases = {
  Queued: ['clock', 'idle'],
  AwaitingApproval: ['person', 'wait'],
  AwaitingDecision: ['person', 'wait'],
  Paused: ['pause', 'wait'],
  Held: ['alert', 'wait'],
  Promoted: ['check', 'good'],
  Reverting: ['back', 'back'],
  NeedsHuman: ['alert', 'bad'],
}

/** @param {{ mark: ShapeAndTone, word: string, quiet?: boolean }} props */
function Badge({ mark: [shape, tone], word, quiet = false }) {
  return html`<span class=${`badge tone-${tone}${quiet ? ' quiet' : ''}`}
    ><${Icon} shape=${shape} />${word}</span
  >`
}

/**
 * How a rollout as a whole stands.
 * @param {{ rollout: { readonly phase: Phase, readonly outcome?: Outcome, readonly paused?: boolean } }} props
 */
export function RolloutBadge({ rollout: { phase, outcome, paused } }) {
  const word = outcome ?? phase
  const mark = (outcome ? outcomes[outcome] : phases[phase]) ?? /** @type {ShapeAndTone} */ (['half', 'run'])
  return html`<${Badge} mark=${mark} word=${words(word)} />${
      paused && phase !== 'Paused' ? html` <${Badge} mark=${['pause', 'wait']} word="Paused" />` : null
    }`
}

/** @param {{ state: StepState }} props */
export function StepBadge({ state }) {
  return html`<${Badge} mark=${steps[state]} word=${state} quiet />`
}

/** @param {{ state: TargetState }} props */
export function TargetBadge({ state }) {
  return html`<${Badge} mark=${targets[state]} word=${words(state)} />`
}

/** @type {Readonly<Record<AlarmSeen['state'], readonly [Shape, Tone, string]>>} */
const alarms = {
  OK: ['check', 'good', 'OK'],
  ALARM: ['alert', 'bad', 'In alarm'],
  INSUFFICIENT_DATA: ['clock', 'wait', 'No data yet'],
  NotFound: ['cross', 'bad', 'Deleted'],
}

/** @param {{ state: AlarmSeen['state'] }} props */
export function AlarmBadge({ state }) {
  const [shape, tone, word] = alarms[state]
  return html`<${Badge} mark=${[shape, tone]} word=${word} quiet=${state === 'OK'} />`
}

/** @param {{ passed: boolean, words?: readonly [string, string] }} props */
export function ResultBadge({ passed, words: [yes, no] = ['passed', 'failed'] }) {
  return html`<${Badge}
    mark=${passed ? ['check', 'good'] : ['cross', 'bad']}
    word=${passed ? yes : no}
    quiet
  />`
}

/** @param {{ severity: 'error' | 'warning' }} props */
export function SeverityBadge({ severity }) {
  return html`<${Badge}
    mark=${severity === 'error' ? ['cross', 'bad'] : ['alert', 'wait']}
    word=${severity}
    quiet
  />`
}

/**
 * The tone of a rollout, for what is coloured as a whole.
 * @param {{ readonly phase: Phase, readonly outcome?: Outcome }} rollout
 * @returns {Tone}
 */
export function toneOf({ phase, outcome }) {
  return (outcome ? outcomes[outcome] : phases[phase])?.[1] ?? 'run'
}

/**
 * `AwaitingApproval` → `Awaiting approval`
 * @param {string} state
 */
export function words(state) {
  return state.replaceAll(/(?<=[a-z])([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`)
}
