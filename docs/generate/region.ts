import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../markdown.ts'

/**
 * A page of which parts are made from the code: what stands between `<!-- made from the code: NAME -->` and
 * `<!-- end -->` is replaced.
 * @throws Error when the page has no such part
 */
export function renderRegions(path: string, regions: Readonly<Record<string, string>>): string {
  const page = readFileSync(join(root, path), 'utf8')
  return Object.entries(regions).reduce((text, [name, content]) => {
    const begin = `<!-- made from the code: ${name} -->`
    const [before, after] = text.split(begin)
    const end = after?.indexOf('<!-- end -->') ?? -1
    if (after === undefined || end < 0) throw new Error(`${path}: ${begin} … <!-- end --> is missing`)
    return `${before}${begin}\n\n${content}\n\n${after.slice(end)}`
  }, page)
}
