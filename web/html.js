import { h } from 'preact'
import htm from 'htm'

/** JSX without a build: `html\`<p class="x">${text}</p>\``. Texts are escaped as they are everywhere in preact. */
export const html = htm.bind(h)
