import { useState } from 'preact/hooks'
import { html } from '../html.js'

const KEY = 'sluice-theme'
const next = { auto: 'light', light: 'dark', dark: 'auto' }

/** Follows the system, or is light or dark whatever it says. */
export function ThemeButton() {
  const [theme, setTheme] = useState(
    /** @type {'auto' | 'light' | 'dark'} */ (document.documentElement.dataset.theme ?? 'auto'),
  )
  const change = () => {
    const chosen = /** @type {'auto' | 'light' | 'dark'} */ (next[theme])
    setTheme(chosen)
    if (chosen === 'auto') {
      delete document.documentElement.dataset.theme
      localStorage.removeItem(KEY)
    } else {
      document.documentElement.dataset.theme = chosen
      localStorage.setItem(KEY, chosen)
    }
  }
  return html`<button class="plain theme" onClick=${change} title="Colours: as the system, light, dark">
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d="M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2z" />
      <path class="filled" d="M8 2a6 6 0 0 1 0 12z" />
    </svg>
    <span class="visually-hidden">Colours: </span><span class="theme-name">${theme}</span>
  </button>`
}
