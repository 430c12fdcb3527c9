/** A table in Markdown, as wide as its widest cells, so that it reads as text, too. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows].map((cells) => cells.map(written))
  const widths = head.map((_, column) => Math.max(3, ...all.map((cells) => (cells[column] ?? '').length)))
  const line = (cells: readonly string[], filler = ' '): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width, filler)).join(' | ')} |`
  const [first = [], ...others] = all
  return [line(first), line([], '-'), ...others.map((cells) => line(cells))].join('\n')
}

const written = (cell: string): string => cell.replaceAll('|', '\\|').replaceAll('\n', ' ').trim()
