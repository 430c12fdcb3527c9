/** Control characters but line end and tab, and those that turn the direction of text around. */
const unprintable = /[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/**
 * An answer of the server. What people, models and test services wrote stands in it, so whatever could write elsewhere on
 * the terminal of who reads it is replaced.
 */
export function parseAnswer<T>(text: string): T {
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === 'string' ? value.replaceAll('\r\n', '\n').replaceAll(unprintable, '\ufffd') : value,
  ) as T
}
