import { render } from 'preact'
import { App } from './app.js'
import { html } from './html.js'
import { loadOthers } from './later.js'

const root = document.getElementById('app')
if (root) render(html`<${App} />`, root)

/** By then the first view is there, and nothing waits for the network. */
const OTHERS_AFTER_MS = 3_000
addEventListener('load', () => setTimeout(loadOthers, OTHERS_AFTER_MS))
