import { z } from 'zod'
import type { Path } from './problem.ts'
import { documentSchema } from './schema.ts'

interface Json {
  readonly properties?: Readonly<Record<string, Json>>
  readonly additionalProperties?: Json | boolean
  readonly items?: Json
  readonly anyOf?: readonly Json[]
}

let cached: Json | undefined

/** The keys that a section of the document has, by its path; found in the document's own JSON Schema. */
export function knownKeys(path: Path, given: unknown): readonly string[] {
  cached ??= z.toJSONSchema(documentSchema, { io: 'input' }) as Json
  let nodes: readonly Json[] = [cached]
  for (const part of path) {
    nodes = nodes.flatMap((node) => {
      const branches = node.anyOf ?? [node]
      return branches.flatMap((branch) => {
        if (typeof part === 'number') return branch.items ? [branch.items] : []
        const own = branch.properties?.[part]
        if (own) return [own]
        return typeof branch.additionalProperties === 'object' ? [branch.additionalProperties] : []
      })
    })
  }
  const sections = nodes
    .flatMap((node) => node.anyOf ?? [node])
    .flatMap((node) => (node.properties ? [node] : []))
  const present = typeof given === 'object' && given !== null ? Object.keys(given) : []
  const shared = (section: Json) =>
    present.filter((key) => Object.hasOwn(section.properties ?? {}, key)).length
  const best = sections.toSorted((a, b) => shared(b) - shared(a))[0]
  return Object.keys(best?.properties ?? {})
}
