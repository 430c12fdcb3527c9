import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

interface Dashboard {
  readonly panels: readonly {
    readonly title: string
    readonly targets: readonly { readonly expr: string }[]
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  }[]
}
interface Alerts {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string
      readonly expr: string
      readonly labels: { readonly severity: string }
      readonly annotations: { readonly summary: string; readonly description: string }
    }[]
  }[]
}

const dashboard = JSON.parse(read('infra/grafana/sluice.json')) as Dashboard
const rules = (parse(read('infra/prometheus/alerts.yaml')) as Alerts).groups.flatMap((group) => group.rules)
const expressions = [
  ...dashboard.panels.flatMap((panel) => panel.targets.map(({ expr }) => expr)),
  ...rules.map(({ expr }) => expr),
]
const named = new Set(
  expressions
    .flatMap((text) => text.match(/\b(?:sluice|temporal)_[a-z_]+/g) ?? [])
    .map((name) => name.replace(/_(bucket|count|sum)$/, '')),
)

/** Every metric of our own as the code makes it; the runtime adds `_total` to counters. */
function ownMetrics(): ReadonlySet<string> {
  const sources = ['api', 'worker', 'activities', 'workflows'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => read(join(folder, file))),
  )
  const names = sources.flatMap((text) => text.match(/(?<=')sluice_[a-z_]+(?=')/g) ?? [])
  return new Set(names.flatMap((name) => [name, `${name}_total`]))
}

describe('the dashboard and the alert rules', () => {
  test('name only metrics of our own that exist', () => {
    const own = ownMetrics()
    expect([...named].filter((name) => name.startsWith('sluice_') && !own.has(name))).toEqual([])
    expect(named.size).toBeGreaterThan(10)
  })

  test('have a panel for every metric of our own that docs/operations.md names', () => {
    const documented = read('docs/operations.md').match(/(?<=`)sluice_[a-z_]+(?=[{`])/g) ?? []
    expect(documented.filter((name) => !named.has(name))).toEqual([])
  })

  test('say what is wrong and what to do about it', () => {
    for (const { alert, labels, annotations } of rules) {
      expect(annotations.summary, alert).not.toBe('')
      expect(annotations.description.length, alert).toBeGreaterThan(20)
      expect(['page', 'ticket'], alert).toContain(labels.severity)
    }
  })

  test('have balanced expressions, and panels that do not cover each other', () => {
    for (const text of expressions) {
      for (const [open, close] of ['()', '{}', '[]'] as const)
        expect(text.split(open ?? '').length, text).toBe(text.split(close ?? '').length)
    }
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
  })
})
