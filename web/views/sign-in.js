import { useEffect, useState } from 'preact/hooks'
import { useHeading, useTitle } from '../hooks.js'
import { html } from '../html.js'
import { Loading, ProblemMessage } from '../parts/message.js'
import { beginSignIn, finishSignIn, isReturning } from '../oidc.js'
import { asProblem, ask, Problem } from '../request.js'
import { go } from '../router.js'
import { setToken, token } from '../session.js'

/** @import { MeAnswer, SignInAnswer, SignInIssuer } from '../../api/answers.ts' */

/**
 * @param {{ ways: SignInAnswer, me?: MeAnswer, query: URLSearchParams, refused?: Problem }} props
 */
export function SignInView({ ways, me, query, refused }) {
  useTitle('Sign in')
  const heading = useHeading()
  const [problem, setProblem] = useState(/** @type {Problem | undefined} */ (undefined))
  const [returning, setReturning] = useState(isReturning(query))
  const stale = token() !== undefined && refused ? refused : undefined

  useEffect(() => {
    if (!returning) return
    finishSignIn(query)
      .then(async ({ tokens, back }) => {
        setToken(await firstTaken(tokens))
        go(back, { replace: true })
      })
      .catch((error) => {
        // The code is used up: whoever loads the page again must not send it again.
        go('/sign-in', { replace: true })
        setProblem(asSignInProblem(error))
      })
      .finally(() => setReturning(false))
  }, [returning])

  if (returning) return html`<${Loading} text="Signing in…" />`
  return html`<div class="narrow">
    <h1 ref=${heading} tabindex="-1">Sign in</h1>
    ${(problem ?? stale) ? html`<${ProblemMessage} problem=${problem ?? stale} />` : null}
    ${
      ways.open && me
        ? html`<p>
            You are <strong>${me.name}</strong>: this server lets in whoever uses its machine. Sign in to act
            under your own name.
          </p>`
        : null
    }
    ${ways.oidc.map(
      (issuer) => html`<${IssuerButton} key=${issuer.issuer} issuer=${issuer} onProblem=${setProblem} />`,
    )}
    ${ways.token ? html`<${TokenForm} onProblem=${setProblem} />` : null}
  </div>`
}

/** @param {{ issuer: SignInIssuer, onProblem: (problem: Problem | undefined) => void }} props */
function IssuerButton({ issuer, onProblem }) {
  const name = new URL(issuer.issuer).host
  const begin = () => {
    onProblem(undefined)
    beginSignIn(issuer, wayBack(location)).catch((error) => onProblem(asSignInProblem(error)))
  }
  return html`<div class="stack">
    <div>
      <button class="primary" disabled=${!issuer.endpoints} onClick=${begin}>Sign in with ${name}</button>
    </div>
    ${
      issuer.endpoints
        ? null
        : html`<p class="muted">${name} does not answer now. Load this page again in a moment.</p>`
    }
  </div>`
}

/**
 * Where somebody was who signs in: a place of this page, whatever a link says.
 * @param {{ pathname: string, search: string, origin: string }} place
 */
function wayBack({ pathname, search, origin }) {
  if (pathname !== '/sign-in') return pathname + search
  const back = new URL(new URLSearchParams(search).get('back') ?? '/', origin)
  return back.origin === origin && back.pathname !== '/sign-in' ? back.pathname + back.search : '/'
}

/** @param {{ onProblem: (problem: Problem | undefined) => void }} props */
function TokenForm({ onProblem }) {
  const [given, setGiven] = useState('')
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault()
    onProblem(undefined)
    try {
      setToken(await firstTaken([given.trim()]))
      if (location.pathname === '/sign-in') go(wayBack(location), { replace: true })
    } catch (error) {
      onProblem(asProblem(error))
    }
  }
  return html`<form class="stack" onSubmit=${submit}>
    <label for="token">Token</label>
    <input
      id="token"
      type="password"
      autocomplete="current-password"
      spellcheck="false"
      required
      value=${given}
      onInput=${(/** @type {InputEvent} */ event) =>
        setGiven(/** @type {HTMLInputElement} */ (event.target).value)}
    />
    <p class="muted">
      <code>sluice token NAME</code> makes one. It stays in this tab and is forgotten when the tab is closed.
    </p>
    <div><button class="primary" type="submit">Sign in</button></div>
  </form>`
}

/**
 * The first token that the server takes: one that it refuses must not look like a session.
 * @param {readonly string[]} tokens
 * @throws {Problem} why the last one was refused
 */
async function firstTaken(tokens) {
  /** @type {unknown} */
  let refusal = new Error('The issuer sent no token.')
  for (const one of tokens) {
    try {
      await ask('/v1/me', { headers: { authorization: `Bearer ${one}` } })
      return one
    } catch (error) {
      refusal = error
    }
  }
  throw refusal
}

/** @param {unknown} error */
function asSignInProblem(error) {
  if (error instanceof Problem) return error
  return new Problem(0, 'sign-in', {
    title: 'Signing in did not work',
    detail: error instanceof Error ? error.message : String(error),
    cure: 'Nothing was changed.',
  })
}
