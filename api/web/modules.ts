import { posix } from 'node:path'

/** Types are imported in comments, which no browser reads. */
const withoutComments = (text: string): string => text.replaceAll(/\/\*[^]*?\*\//g, '')

/** What a module imports at once, as it is written; what it imports later, by `import()`, is not among it. */
export function importsOf(text: string): readonly string[] {
  return [...withoutComments(text).matchAll(/(?:\bfrom|\bimport)\s*["']([^"'\n]+)["']/g)].map(
    ([, specifier = '']) => specifier,
  )
}

/** A module with everything that it needs, by path, the deepest last. */
export function withImports(path: string, texts: ReadonlyMap<string, string>): readonly string[] {
  const found = new Set<string>([path])
  // A set is gone through in the order in which it grows.
  for (const one of found) {
    for (const specifier of importsOf(texts.get(one) ?? ''))
      found.add(posix.join(posix.dirname(one), specifier))
  }
  return [...found]
}
