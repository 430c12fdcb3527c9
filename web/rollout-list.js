/**
 * The rollouts that the list shows, as pure functions.
 * @import { RolloutLine } from '../api/answers.ts'
 * @typedef {{ model?: string, phase?: string, outcome?: string, target?: string }} Filter
 * @typedef {ReadonlyMap<string, RolloutLine>} Lines
 * @typedef {{ readonly title: string, readonly lines: readonly RolloutLine[] }} Section
 */

/** Phases in which nothing goes on before a person decides. */
const forPeople = new Set(['AwaitingApproval', 'AwaitingDecision', 'Held', 'NeedsHuman', 'Paused'])

/**
 * Takes in lines that are new or other than before. What does not fit the filter any more goes.
 * @param {Lines} known
 * @param {readonly RolloutLine[]} lines
 * @param {Filter} filter
 * @returns {Lines}
 */
export function merge(known, lines, filter) {
  const merged = new Map(known)
  for (const line of lines) {
    if (fits(line, filter)) merged.set(line.id, line)
    else merged.delete(line.id)
  }
  return merged
}

/**
 * The filter of the API, for what the API tells of every rollout.
 * @param {RolloutLine} line
 * @param {Filter} filter
 */
export function fits(line, { model, phase, outcome, target }) {
  return (
    (!model || line.name === model) &&
    (!phase || line.phase === phase) &&
    (!outcome || line.outcome === outcome) &&
    // Of a rollout with very many targets the list names none.
    (!target || line.targets.includes(target))
  )
}

/**
 * Whether every word stands somewhere in what the list shows of a rollout.
 * @param {RolloutLine} line
 * @param {string} search
 */
export function contains(line, search) {
  const text = [
    line.id,
    line.name,
    line.summary,
    line.phase,
    line.outcome ?? '',
    line.message,
    line.package,
    line.startedBy,
    ...line.targets,
  ]
    .join(' ')
    .toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

/**
 * What waits for a person first, then what runs, the youngest first; then what is over, the latest first.
 * @param {Iterable<RolloutLine>} lines
 * @param {string} search
 * @returns {readonly Section[]}
 */
export function toSections(lines, search) {
  /** @type {RolloutLine[][]} */
  const [waiting, running, over] = [[], [], []]
  for (const line of lines) {
    if (search !== '' && !contains(line, search)) continue
    if (line.execution !== 'running') over?.push(line)
    else (forPeople.has(line.phase) ? waiting : running)?.push(line)
  }
  const byStart = (/** @type {RolloutLine} */ a, /** @type {RolloutLine} */ b) =>
    b.startedAt.localeCompare(a.startedAt)
  const byEnd = (/** @type {RolloutLine} */ a, /** @type {RolloutLine} */ b) =>
    (b.endedAt ?? '').localeCompare(a.endedAt ?? '')
  return [
    { title: 'Waiting for a person', lines: (waiting ?? []).sort(byStart) },
    { title: 'Running', lines: (running ?? []).sort(byStart) },
    { title: 'Ended', lines: (over ?? []).sort(byEnd) },
  ].filter((section) => section.lines.length > 0)
}

/**
 * The first rows over all sections, and of how many each section would have.
 * @param {readonly Section[]} sections
 * @param {number} most
 * @returns {readonly (Section & { readonly of: number })[]}
 */
export function firstRows(sections, most) {
  let left = most
  return sections.flatMap(({ title, lines }) => {
    const some = lines.slice(0, left)
    left -= some.length
    return some.length > 0 ? [{ title, lines: some, of: lines.length }] : []
  })
}

/**
 * `fraud-scorer v38` of its package, or its name.
 * @param {RolloutLine} line
 */
export function titleOf(line) {
  const version = /\/(\d+)$/.exec(line.package)?.[1]
  const name = line.name || line.id
  return version === undefined ? name : `${name} v${version}`
}

/**
 * `333333333333/eu-west-1/fraud-scorer` → `eu-west-1`; several Regions once each.
 * @param {readonly string[]} targets
 */
export function regionsOf(targets) {
  return [...new Set(targets.map((key) => key.split('/')[1] ?? key))]
}

/**
 * What it does or how it ended, without the outcome that stands beside it.
 * @param {RolloutLine} line
 */
export function messageOf({ message, outcome }) {
  return outcome !== undefined && message.startsWith(`${outcome}: `)
    ? message.slice(outcome.length + 2)
    : message
}
