/** Slack's limits; https://docs.slack.dev/reference/block-kit/blocks */
export const limits = { blocks: 50, section: 3_000, header: 150, value: 2_000, thread: 3_500 } as const

/** Texts of people and of AWS, so that nothing in them becomes a mention, a link or an entity. */
export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Cut to a number of characters, with an ellipsis where something is missing. */
export function clip(text: string, most: number): string {
  const letters = Array.from(text)
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`
}

/** A moment in the reader's own time zone; the ISO time where Slack cannot show it. */
export function moment(iso: string): string {
  const seconds = Math.floor(Date.parse(iso) / 1_000)
  return Number.isFinite(seconds) ? `<!date^${seconds}^{date_short_pretty} {time_secs}|${iso}>` : escape(iso)
}

/** Escaped text as code; a fence within it would end it. */
export function code(lines: readonly string[]): string {
  return `\`\`\`${escape(lines.join('\n').replaceAll('```', "'''"))}\`\`\``
}

/**
 * Puts lines into as few texts as possible, each of at most so many characters; beyond `texts` of them only their number
 * is told.
 */
export function pack(
  lines: readonly string[],
  { size, texts }: { readonly size: number; readonly texts: number },
): readonly (readonly string[])[] {
  const packed: string[][] = []
  let room = 0
  for (const [index, whole] of lines.entries()) {
    const line = clip(whole, size)
    if (line.length + 1 > room) {
      if (packed.length === texts) {
        packed.at(-1)?.splice(-1, 1, `… and ${lines.length - index + 1} more`)
        return packed
      }
      packed.push([])
      room = size
    }
    packed.at(-1)?.push(line)
    room -= line.length + 1
  }
  return packed
}
