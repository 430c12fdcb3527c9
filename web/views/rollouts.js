import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { announce } from '../announce.js'
import { count } from '../format.js'
import { useHeading, useTitle } from '../hooks.js'
import { html } from '../html.js'
import { RolloutBadge, toneOf, words } from '../parts/mark.js'
import { Loading, ProblemMessage } from '../parts/message.js'
import { ConnectionNote } from '../parts/connection.js'
import { Age } from '../parts/time.js'
import { asProblem, ask } from '../request.js'
import { firstRows, merge, messageOf, regionsOf, titleOf, toSections } from '../rollout-list.js'
import { go } from '../router.js'
import { follow } from '../stream.js'
import { outcomes, phases } from '../words.js'

/**
 * @import { MeAnswer, RolloutLine, RolloutPage } from '../../api/answers.ts'
 * @import { Connection } from '../stream.js'
 * @import { Problem } from '../request.js'
 * @import { Filter, Lines } from '../rollout-list.js'
 */

const PAGE = 50
/** Rows that are drawn at once; further ones when somebody comes near their end. */
const DRAWN = 150
/** How many are looked through for a search. */
const MOST_SEARCHED = 2_000

/** @param {{ query: URLSearchParams, me: MeAnswer }} props */
export function RolloutsView({ query, me }) {
  useTitle('Rollouts')
  const heading = useHeading()
  const search = query.get('q') ?? ''
  const wanted = JSON.stringify(readFilter(query))
  const filter = useMemo(() => /** @type {Filter} */ (JSON.parse(wanted)), [wanted])
  const { lines, more, loadMore, problem, connection, worker } = useRollouts(filter)

  const sections = useMemo(() => (lines ? toSections(lines.values(), search) : []), [lines, search])
  const [drawn, setDrawn] = useState(DRAWN)
  useEffect(() => setDrawn(DRAWN), [wanted, search])
  const shown = sections.reduce((sum, section) => sum + section.lines.length, 0)
  const drawMore = useCallback(async () => setDrawn((before) => before + DRAWN), [])
  const searching = search !== '' && more && (lines?.size ?? 0) < MOST_SEARCHED
  useEffect(() => {
    if (searching) void loadMore()
  }, [searching, lines, loadMore])

  return html`
    <div class="view-head">
      <h1 ref=${heading} tabindex="-1">Rollouts</h1>
      ${me.mayStart ? html`<a class="button primary" href="/start">Start a rollout</a>` : null}
    </div>
    <${ConnectionNote} connection=${connection} worker=${worker} />
    <${Filters} query=${query} lines=${lines} />
    ${problem ? html`<${ProblemMessage} problem=${problem} />` : null}
    ${lines === undefined && !problem ? html`<${Loading} />` : null}
    ${firstRows(sections, drawn).map(
      ({ title, lines: some, of }) => html`
        <section class="group" key=${title} aria-labelledby=${`group-${title}`}>
          <h2 id=${`group-${title}`} class="group-title">${title} <span class="muted">${of}</span></h2>
          <ul class="rows">
            ${some.map(rowOf)}
          </ul>
        </section>
      `,
    )}
    ${lines && shown === 0 && !searching ? html`<${Nothing} query=${query} me=${me} />` : null}
    <p class="list-end muted" role="status">
      ${
        searching
          ? `Searching… ${count(lines?.size ?? 0, 'rollout')} so far`
          : search !== '' && lines
            ? `${shown} of ${count(lines.size, 'rollout')}`
            : ''
      }
    </p>
    ${
      shown > drawn
        ? html`<${More} load=${drawMore} key=${drawn} />`
        : more && search === ''
          ? html`<${More} load=${loadMore} />`
          : null
    }
  `
}

/** @type {WeakMap<RolloutLine, import('preact').ComponentChild>} */
const rows = new WeakMap()

/**
 * The row of a line, drawn once: what has not changed is not looked at again, however many rows there are.
 * @param {RolloutLine} line
 */
function rowOf(line) {
  const drawn = rows.get(line)
  if (drawn) return drawn
  const regions = regionsOf(line.targets)
  const row = html`<li class=${`row edge-${toneOf(line)}`} key=${line.id}>
    <span class="row-state"><${RolloutBadge} rollout=${line} /></span>
    <span class="row-what">
      <a class="row-link" href=${`/rollouts/${line.id}`}>${titleOf(line)}</a>
      <span class="row-message">${line.undoes ? `undoes ${line.undoes}: ` : ''}${messageOf(line)}</span>
    </span>
    <span class="row-where muted"
      >${regions.slice(0, 2).join(', ')}${regions.length > 2 ? ` +${regions.length - 2}` : ''}</span
    >
    <span class="row-who muted">${line.startedBy}</span>
    <span class="row-age muted">
      ${
        line.endedAt
          ? html`ended <${Age} since=${line.endedAt} every=${30_000} /> ago`
          : html`for <${Age} since=${line.startedAt} every=${30_000} />`
      }
    </span>
  </li>`
  rows.set(line, row)
  return row
}

/** @param {{ query: URLSearchParams, me: MeAnswer }} props */
function Nothing({ query, me }) {
  if (query.size > 0) {
    return html`<div class="empty">
      <p>No rollout is like that.</p>
      <p><a href="/">Show all of them</a></p>
    </div>`
  }
  return html`<div class="empty">
    <p>There is no rollout yet.</p>
    ${
      me.mayStart
        ? html`<p><a href="/start">Start one from a document</a>, or type <code>sluice start FILE</code>.</p>`
        : html`<p><code>sluice start FILE</code> starts one.</p>`
    }
  </div>`
}

/** @param {{ load: () => Promise<void> }} props */
function More({ load }) {
  const end = useRef(/** @type {HTMLButtonElement | null} */ (null))
  useEffect(() => {
    if (!end.current) return
    const watcher = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) void load()
      },
      { rootMargin: '600px' },
    )
    watcher.observe(end.current)
    return () => watcher.disconnect()
  }, [load])
  return html`<p><button ref=${end} onClick=${() => void load()}>Show more</button></p>`
}

/** @param {{ query: URLSearchParams, lines?: Lines }} props */
function Filters({ query, lines }) {
  const change = (/** @type {Record<string, string>} */ members) => {
    const next = new URLSearchParams(query)
    for (const [name, value] of Object.entries(members)) {
      if (value === '') next.delete(name)
      else next.set(name, value)
    }
    go(next.size > 0 ? `/?${next}` : '/', { replace: true })
  }
  const read = (/** @type {Event} */ event) => /** @type {HTMLInputElement} */ (event.target).value.trim()
  const state = query.get('phase')
    ? `phase ${query.get('phase')}`
    : query.get('outcome')
      ? `outcome ${query.get('outcome')}`
      : ''
  const known = [...(lines?.values() ?? [])]
  return html`<form
    class="filters"
    role="search"
    onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}
  >
    <label class="field grow">
      <span>Search</span>
      <input
        type="search"
        name="q"
        placeholder="model, id, person, Region, message…"
        value=${query.get('q') ?? ''}
        onInput=${(/** @type {Event} */ event) => change({ q: read(event) })}
      />
    </label>
    <label class="field">
      <span>State</span>
      <select
        name="state"
        value=${state}
        onChange=${(/** @type {Event} */ event) => {
          const [kind = '', value = ''] = read(event).split(' ')
          change({ phase: '', outcome: '', ...(kind === '' ? {} : { [kind]: value }) })
        }}
      >
        <option value="">Any</option>
        <optgroup label="Phase">
          ${phases.map((phase) => html`<option key=${phase} value=${`phase ${phase}`}>${words(phase)}</option>`)}
        </optgroup>
        <optgroup label="Outcome">
          ${outcomes.map((one) => html`<option key=${one} value=${`outcome ${one}`}>${words(one)}</option>`)}
        </optgroup>
      </select>
    </label>
    <${Name}
      label="Model"
      name="model"
      query=${query}
      change=${change}
      known=${known.map((line) => line.name)}
    />
    <${Name}
      label="Target"
      name="target"
      query=${query}
      change=${change}
      known=${known.flatMap((line) => line.targets)}
    />
    ${query.size > 0 ? html`<a class="field-end" href="/">Clear</a>` : null}
  </form>`
}

/**
 * @param {{ label: string, name: string, query: URLSearchParams, change: (members: Record<string, string>) => void, known: readonly string[] }} props
 */
function Name({ label, name, query, change, known }) {
  const values = [...new Set(known)].filter((value) => value !== '').slice(0, 200)
  return html`<label class="field">
    <span>${label}</span>
    <input
      name=${name}
      list=${`known-${name}`}
      pattern="[\\w.\\/\\-]{1,200}"
      title="letters, digits and . / - _"
      placeholder="Any"
      value=${query.get(name) ?? ''}
      onChange=${(/** @type {Event} */ event) => {
        const input = /** @type {HTMLInputElement} */ (event.target)
        if (input.reportValidity()) change({ [name]: input.value.trim() })
      }}
    />
    <datalist id=${`known-${name}`}>
      ${values.map((value) => html`<option key=${value} value=${value} />`)}
    </datalist>
  </label>`
}

/**
 * @param {URLSearchParams} query
 * @returns {Filter}
 */
function readFilter(query) {
  const names = /** @type {const} */ (['model', 'phase', 'outcome', 'target'])
  return Object.fromEntries(names.flatMap((name) => (query.get(name) ? [[name, query.get(name)]] : [])))
}

/**
 * The rollouts that fit, page by page, and every change of them as it happens.
 * @param {Filter} filter
 */
function useRollouts(filter) {
  const [lines, setLines] = useState(/** @type {Lines | undefined} */ (undefined))
  const [next, setNext] = useState(/** @type {string | undefined} */ (undefined))
  const [problem, setProblem] = useState(/** @type {Problem | undefined} */ (undefined))
  const [connection, setConnection] = useState(/** @type {Connection | undefined} */ (undefined))
  const [worker, setWorker] = useState(/** @type {string | undefined} */ (undefined))
  const busy = useRef(false)
  const size = useRef(0)
  size.current = lines?.size ?? 0

  useEffect(() => {
    const leaving = new AbortController()
    setLines(undefined)
    setNext(undefined)
    setProblem(undefined)

    /** As many as are on the page already, so that nothing which changed meanwhile stays as it was. */
    const load = async () => {
      /** @type {RolloutLine[]} */
      const loaded = []
      /** @type {string | undefined} */
      let cursor
      do {
        const page = await askPage(filter, cursor, leaving.signal)
        loaded.push(...page.rollouts)
        cursor = page.next
      } while (cursor !== undefined && loaded.length < size.current)
      setProblem(undefined)
      setLines(merge(new Map(), loaded, {}))
      setNext(cursor)
    }
    const fail = (/** @type {unknown} */ error) => {
      if (!leaving.signal.aborted) setProblem(asProblem(error))
    }
    load().catch(fail)
    let ready = false
    const stop = follow('/v1/rollouts/events', {
      onConnection: setConnection,
      onEvent(event, data) {
        // From `ready` on nothing is missed: what changed between the first load and now is loaded again.
        if (event === 'ready') {
          ready = true
          load().catch(fail)
        } else if (event === 'temporal') setWorker(data.answers ? undefined : data.message)
        else if (event === 'changed' && ready) {
          setLines((known) => (known ? merge(known, data.rollouts, filter) : known))
          tellOf(data.rollouts)
        }
      },
    })
    return () => {
      leaving.abort()
      stop()
    }
  }, [filter])

  const loadMore = useCallback(async () => {
    if (next === undefined || busy.current) return
    busy.current = true
    try {
      const page = await askPage(filter, next)
      setLines((known) => merge(known ?? new Map(), page.rollouts, {}))
      setNext(page.next)
    } catch (error) {
      setProblem(asProblem(error))
      setNext(undefined)
    } finally {
      busy.current = false
    }
  }, [filter, next])

  return { lines, more: next !== undefined, loadMore, problem, connection, worker }
}

/**
 * @param {Filter} filter
 * @param {string} [cursor]
 * @param {AbortSignal} [signal]
 * @returns {Promise<RolloutPage>}
 */
function askPage(filter, cursor, signal) {
  const query = new URLSearchParams({ ...filter, limit: String(PAGE), ...(cursor ? { cursor } : {}) })
  return ask(`/v1/rollouts?${query}`, signal ? { signal } : {})
}

/** @param {readonly RolloutLine[]} changed */
function tellOf(changed) {
  const waiting = changed.filter(
    ({ phase }) => phase === 'NeedsHuman' || phase === 'AwaitingApproval' || phase === 'AwaitingDecision',
  )
  if (waiting.length > 0) announce(waiting.map((line) => `${titleOf(line)}: ${words(line.phase)}`).join('. '))
}
