import type { Path } from './problem.ts'
import type { Loose, WrittenDocument } from './schema.ts'

/** A document from which everything of the wrong form has been taken out: any part may be missing. */
export type LooseDocument = Loose<WrittenDocument>
export type LooseTarget = NonNullable<NonNullable<LooseDocument['staging']>['target']>

/** Reports a problem at a path; `found` is the value there, when not given. */
export type Report = (path: Path, allowed: string, found?: string) => void

/** What one rule across fields looks like. Each rule is a file of its own. */
export type Check = (document: LooseDocument, report: Report) => void

/** Entries of a list that are there, with their indexes. */
export function present<T>(list: readonly (T | undefined)[] | undefined): readonly (readonly [T, number])[] {
  return (list ?? []).flatMap((item, index) =>
    item === undefined || item === null ? [] : [[item, index] as const],
  )
}

/** Every target of the document with its place in it; production's first. */
export function targetsIn(document: LooseDocument): readonly { target: LooseTarget; path: Path }[] {
  const production = present(document.production?.waves).flatMap(([wave, waveIndex]) =>
    present(wave).map(([target, index]) => ({
      target,
      path: ['production', 'waves', waveIndex, index] as Path,
    })),
  )
  const staging = document.staging?.target
  return staging ? [...production, { target: staging, path: ['staging', 'target'] }] : production
}

/** How many keys of a section are written. */
export function written(section: object | undefined, keys: readonly string[]): readonly string[] {
  return keys.filter((key) => (section as Record<string, unknown> | undefined)?.[key] !== undefined)
}
