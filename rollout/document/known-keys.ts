import { z } from 'zod'
import type { Path } from './problem.ts'
import { documentSchema } from './schema.ts'

interface Json {
  readonly properties?: Readonly<Record<string, Json>>
  readonly additionalProperties?: Json | boolean
  readonly items?: Json
  readonly anyOf?: readonly Json[]
}

type KnownKeys = (path: Path, given: unknown) => readonly string[]

/** Finds the keys that a section has, by its path, in the JSON Schema of what is written. */
export function keysOf(schema: z.ZodType): KnownKeys {
  let cached: Json | undefined
  return (path, given) => findKeys((cached ??= z.toJSONSchema(schema, { io: 'input' }) as Json), path, given)
}

/** The keys that a section of the document has. */
export const knownKeys = keysOf(documentSchema)

function findKeys(root: Json, path: Path, given: unknown): readonly string[] {
  let nodes: readonly Json[] = [root]
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
