// Draws what a command showed on a terminal as an SVG that plays its screens, one after another, and rests on the last:
//
//   script -qec "stty cols 104 rows 46; npm run --silent demo" /tmp/demo.raw
//   npx tsx docs/images/draw-terminal.ts /tmp/demo.raw 'text on screen 1' 'text on screen 2' … > docs/images/demo.svg
//
// Each text picks the first screen that shows it after the one before.
import { readFileSync } from 'node:fs'

interface Cell {
  readonly letter: string
  readonly style: string
}
type Screen = readonly (readonly Cell[])[]

const COLUMNS = 104
const ROWS = 40
const CELL = { width: 7.83, height: 17 } as const
const SECONDS = 3

const colors: Readonly<Record<number, string>> = {
  1: 'b',
  2: 'd',
  31: 'r',
  32: 'g',
  33: 'y',
  35: 'm',
  36: 'c',
}

/** Every screen that was complete before it was drawn over, and the last. Knows the few sequences that Sluice writes. */
function readScreens(raw: string): Screen[] {
  const screens: Screen[] = []
  const lines: Cell[][] = [[]]
  let [row, column, style] = [0, 0, '']
  for (const [token, parameter, command] of raw
    .replaceAll('\u001b', '␛')
    .matchAll(/␛\[([\d;]*)([A-Za-z])|[^]/gu)) {
    if (command === 'A') row = Math.max(0, row - Number(parameter || 1))
    else if (command === 'J') {
      screens.push(lines.map((line) => [...line]))
      lines.length = Math.min(lines.length, row)
    } else if (command === 'm') style = nextStyle(style, Number(parameter || 0))
    else if (token === '\r') column = 0
    else if (token === '\n') row++
    else if (!command) {
      if (column === COLUMNS) [row, column] = [row + 1, 0]
      while (lines.length <= row) lines.push([])
      lines[row]![column++] = { letter: token, style }
    }
  }
  return [...screens, lines]
}

function nextStyle(style: string, code: number): string {
  if (code === 0) return ''
  if (code === 39) return style.replaceAll(/[rgymc]/g, '')
  if (code === 22) return style.replaceAll(/[bd]/g, '')
  return style + (colors[code] ?? '')
}

const textOf = (screen: Screen): string =>
  screen.map((line) => line.map(({ letter }) => letter).join('')).join('\n')

/** The lines that would be visible: the last ones. */
const visible = (screen: Screen): Screen => screen.slice(-ROWS)

function pickScreens(screens: readonly Screen[], texts: readonly string[]): Screen[] {
  let from = -1
  return texts.map((text) => {
    const at = screens.findIndex((screen, index) => index > from && textOf(visible(screen)).includes(text))
    if (at < 0) throw new Error(`No screen shows “${text}” after the one before it.`)
    from = at
    return visible(screens[at]!)
  })
}

/** Every run begins at its own column, so that a font's odd signs move nothing. */
function drawLine(line: readonly Cell[], row: number): string {
  const runs: { at: number; style: string; text: string }[] = []
  line.forEach(({ letter, style }, at) => {
    const run = runs.at(-1)
    const next = `${run?.text ?? ''}${letter}`
    const joins = run?.style === style && run.at + run.text.length === at && /^[ -~]+$/.test(next)
    // Two spaces separate columns, and SVG would make one of them.
    if (run && joins && !next.endsWith('  ')) run.text = next
    else if (letter !== ' ') runs.push({ at, style, text: letter })
  })
  if (runs.length === 0) return ''
  const spans = runs.map(({ at, style, text }) => {
    const name = [...new Set(style)].join(' ')
    return `<tspan x="${(at * CELL.width).toFixed(1)}"${name && ` class="${name}"`}>${escape(text.trimEnd())}</tspan>`
  })
  return `<text y="${(row + 1) * CELL.height}">${spans.join('')}</text>`
}

const escape = (text: string): string => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)

function draw(screens: readonly Screen[]): string {
  const rows = Math.max(...screens.map((screen) => screen.length))
  const [width, height] = [COLUMNS * CELL.width + 32, rows * CELL.height + 32]
  const total = screens.length * SECONDS
  const share = 100 / screens.length
  const groups = screens.map(
    (screen, index) =>
      `<g class="s" style="animation-delay:${(index - screens.length) * SECONDS}s">${screen.map(drawLine).join('')}</g>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="sluice demo in a terminal">
<style>
text{font-size:13px;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#c9d1d9}
.b{font-weight:bold}.d{fill:#8b949e}.r{fill:#ff7b72}.g{fill:#7ee787}.y{fill:#e3b341}.m{fill:#d2a8ff}.c{fill:#79c0ff}
.s{opacity:0;animation:show ${total}s step-end infinite}.s:last-of-type{opacity:1}
@keyframes show{0%{opacity:1}${share.toFixed(3)}%{opacity:0}100%{opacity:0}}
@media (prefers-reduced-motion:reduce){.s{animation:none}}
</style>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g transform="translate(16 14)">
${groups.join('\n')}
</g>
</svg>
`
}

const [file = '', ...texts] = process.argv.slice(2)
const screens = readScreens(readFileSync(file, 'utf8').replace(/^Script .*\n|\nScript done[^]*$/g, ''))
process.stdout.write(draw(pickScreens(screens, texts)))
