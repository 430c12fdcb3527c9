const kinds = ['between', 'yearly', 'weekly', 'daily'] as const

/** The ways of writing a window that stand in a freeze; sound is exactly one. */
export function windowsIn(freeze: object): readonly string[] {
  return kinds.filter((kind) => (freeze as Readonly<Record<string, unknown>>)[kind] !== undefined)
}

/** What a freeze must have, in the words of an error. */
export const oneWindow = 'exactly one of `between`, `yearly`, `weekly` and `daily`'
