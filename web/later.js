import { useEffect, useState } from 'preact/hooks'
import { html } from './html.js'
import { Loading, ProblemMessage } from './parts/message.js'
import { Problem } from './request.js'

/** @typedef {import('preact').ComponentType<any>} View */

/** The views: each is fetched when it is shown first, or a while after the page came. @type {Readonly<Record<string, () => Promise<View>>>} */
const modules = {
  rollouts: async () => (await import('./views/rollouts.js')).RolloutsView,
  rollout: async () => (await import('./views/rollout.js')).RolloutView,
  start: async () => (await import('./views/start.js')).StartView,
  endpoint: async () => (await import('./views/endpoint.js')).EndpointView,
  'sign-in': async () => (await import('./views/sign-in.js')).SignInView,
}

/** @type {Map<string, View>} */
const loaded = new Map()

/** @param {string} name @returns {Promise<View>} */
async function load(name) {
  const view = loaded.get(name) ?? (await modules[name]?.())
  if (!view) throw new Error(`there is no view ${name}`)
  loaded.set(name, view)
  return view
}

/** Fetches what is not there yet, so that a server which is away does not keep anybody from another view. */
export function loadOthers() {
  for (const name of Object.keys(modules)) load(name).catch(() => {})
}

/** A view by its name, with its own properties. @param {{ view: string, [name: string]: unknown }} props */
export function Later({ view, ...props }) {
  const [, redraw] = useState(0)
  const [problem, setProblem] = useState(/** @type {Problem | undefined} */ (undefined))
  const View = loaded.get(view)
  useEffect(() => {
    if (View) return
    load(view).then(
      () => redraw((before) => before + 1),
      () => setProblem(unloadable()),
    )
  }, [view, View])
  if (View) return html`<${View} ...${props} />`
  return problem ? html`<${ProblemMessage} problem=${problem} />` : html`<${Loading} />`
}

function unloadable() {
  return new Problem(0, 'unreachable', {
    title: 'This part of the page could not be loaded',
    detail: 'The server did not send it.',
    cure: 'Load the page again.',
  })
}
