import { useState } from 'preact/hooks'
import { useHeading, useTitle } from '../hooks.js'
import { html } from '../html.js'
import { ProblemMessage } from '../parts/message.js'
import { asProblem, ask } from '../request.js'
import { go } from '../router.js'
import { setToken, token } from '../session.js'

/**
 * @import { MeAnswer, SignInAnswer } from '../../api/answers.ts'
 * @import { Problem } from '../request.js'
 */

/**
 * @param {{ ways: SignInAnswer, me?: MeAnswer, query: URLSearchParams, refused?: Problem }} props
 */
export function SignInView({ ways, me, refused }) {
  useTitle('Sign in')
  const heading = useHeading()
  const [given, setGiven] = useState('')
  const [problem, setProblem] = useState(/** @type {Problem | undefined} */ (undefined))
  const stale = token() !== undefined && refused ? refused : undefined

  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault()
    setProblem(undefined)
    try {
      // Kept only when the server knows it: a typing mistake must not look like a session.
      await ask('/v1/me', { headers: { authorization: `Bearer ${given.trim()}` } })
      setToken(given.trim())
      if (location.pathname === '/sign-in') go('/', { replace: true })
    } catch (error) {
      setProblem(asProblem(error))
    }
  }

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
    ${
      ways.token
        ? html`<form class="stack" onSubmit=${submit}>
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
              <code>sluice token NAME</code> makes one. It stays in this tab and is forgotten when the tab is
              closed.
            </p>
            <div><button class="primary" type="submit">Sign in</button></div>
          </form>`
        : null
    }
  </div>`
}
