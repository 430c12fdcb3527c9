import { useCallback, useEffect, useState } from 'preact/hooks'
import { setAnnouncer } from './announce.js'
import { html } from './html.js'
import { Later } from './later.js'
import { Icon } from './parts/mark.js'
import { Loading, ProblemMessage } from './parts/message.js'
import { ThemeButton } from './parts/theme-button.js'
import { asProblem, ask } from './request.js'
import { usePlace } from './router.js'
import { onChange, setToken, token } from './session.js'

/**
 * @import { Problem } from './request.js'
 * @import { MeAnswer, SignInAnswer } from '../api/answers.ts'
 * @typedef {{ me?: MeAnswer, ways?: SignInAnswer, problem?: Problem }} Who
 */

/** The page: who uses it, where they are, and what they see there. */
export function App() {
  const who = useWho()
  const { path, query } = usePlace()
  const signingIn = path === '/sign-in' || who.problem?.type === 'unauthenticated'
  return html`
    <a class="skip" href="#main" onClick=${skipToMain}>Skip to the content</a>
    <${Header} who=${who} path=${path} />
    <main id="main" tabindex="-1">
      ${
        signingIn && who.ways
          ? html`<${Later}
              view="sign-in"
              ways=${who.ways}
              me=${who.me}
              query=${query}
              refused=${who.problem}
            />`
          : who.me
            ? html`<${View} path=${path} query=${query} me=${who.me} key=${who.me.name} />`
            : who.problem
              ? html`<${ProblemMessage} problem=${who.problem} />`
              : html`<${Loading} />`
      }
    </main>
    <${Announcer} />
  `
}

/** @param {{ path: string, query: URLSearchParams, me: MeAnswer }} props */
function View({ path, query, me }) {
  const [, first = '', ...rest] = path.split('/').map(decodeURIComponent)
  // Until it is known in which ways one may sign in.
  if (first === 'sign-in') return html`<${Loading} />`
  if (first === '') return html`<${Later} view="rollouts" query=${query} me=${me} />`
  if (first === 'start') return html`<${Later} view="start" me=${me} />`
  if (first === 'rollouts' && rest[0])
    return html`<${Later} view="rollout" id=${rest[0]} key=${rest[0]} me=${me} />`
  if (first === 'endpoints' && rest.length === 3) {
    const key = rest.join('/')
    return html`<${Later} view="endpoint" target=${key} key=${key} />`
  }
  return html`<h1>Nothing is here</h1>
    <p><a href="/">All rollouts</a></p>`
}

/** Who the credential of this tab is, asked again whenever it may be another one. */
function useWho() {
  const [who, setWho] = useState(/** @type {Who} */ ({}))
  const look = useCallback(async () => {
    /** @type {Promise<SignInAnswer>} */
    const asked = ask('/v1/sign-in')
    const known = asked.catch(() => undefined)
    try {
      /** @type {MeAnswer} */
      const me = await ask('/v1/me')
      // An issuer may take its time to say where one signs in: nobody who is known waits for that.
      setWho((before) => ({ ...(before.ways ? { ways: before.ways } : {}), me }))
      const ways = await known
      if (ways) setWho({ ways, me })
    } catch (error) {
      const ways = await known
      setWho({ ...(ways ? { ways } : {}), problem: asProblem(error) })
    }
  }, [])
  useEffect(() => {
    void look()
    return onChange(() => void look())
  }, [look])
  // A server that is away when the page is opened may be back in a moment.
  useEffect(() => {
    if (who.problem?.status !== 0 && (who.problem?.status ?? 0) < 500) return
    const timer = setTimeout(() => void look(), 2_000)
    return () => clearTimeout(timer)
  }, [who, look])
  return who
}

/** @param {{ who: Who, path: string }} props */
function Header({ who: { me, ways }, path }) {
  const current = (/** @type {boolean} */ is) => (is ? 'page' : undefined)
  const elsewhere = ways && (ways.token || ways.oidc.length > 0)
  return html`<header class="top">
    <a class="brand" href="/" aria-label="Sluice"
      ><span class="brand-mark" aria-hidden="true"></span><span class="brand-name">Sluice</span></a
    >
    <nav aria-label="Main">
      <a href="/" aria-current=${current(path === '/')}>Rollouts</a>
      ${me?.mayStart ? html`<a href="/start" aria-current=${current(path === '/start')}>Start</a>` : null}
    </nav>
    <div class="top-end">
      ${
        me
          ? html`<span class="who" title=${[...me.roles, ...me.groups].join(', ')}>
              <${Icon} shape="person" /><span class="visually-hidden">Signed in as </span>${me.name}
              <span class="muted role">${me.roles.at(-1)}</span>
            </span>`
          : null
      }
      ${
        me && token() !== undefined
          ? html`<button class="plain" onClick=${() => setToken(undefined)}>Sign out</button>`
          : me && elsewhere && path !== '/sign-in'
            ? html`<a class="plain" href=${signInFrom(location)}>Sign in</a>`
            : null
      }
      <${ThemeButton} />
    </div>
  </header>`
}

/**
 * The way to the sign-in that leads back to where one was.
 * @param {{ pathname: string, search: string }} place
 */
function signInFrom({ pathname, search }) {
  return pathname === '/' && search === ''
    ? '/sign-in'
    : `/sign-in?back=${encodeURIComponent(pathname + search)}`
}

function Announcer() {
  const [text, setText] = useState('')
  useEffect(() => {
    setAnnouncer(setText)
    return () => setAnnouncer(undefined)
  }, [])
  return html`<div class="visually-hidden" role="status" aria-live="polite">${text}</div>`
}

/** @param {MouseEvent} event a fragment in the address would be taken for another place */
function skipToMain(event) {
  event.preventDefault()
  document.getElementById('main')?.focus()
}
