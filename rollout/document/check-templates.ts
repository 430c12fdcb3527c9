import type { Check, LooseDocument } from './check.ts'
import { targetsIn } from './check.ts'
import { nearest } from './nearest.ts'
import type { Path } from './problem.ts'
import { templateVariables, variablesIn } from './templates.ts'

const placeOnly = ['account', 'region'] as const

function templatesIn(document: LooseDocument): { template: string; path: Path; known: readonly string[] }[] {
  const found: { template: string | undefined; path: Path; known: readonly string[] }[] = [
    { template: document.replicate?.artifacts, path: ['replicate', 'artifacts'], known: templateVariables },
    { template: document.record?.to, path: ['record', 'to'], known: ['account', 'name'] },
  ]
  const add = (settings: LooseDocument['endpoint'], path: Path): void => {
    found.push({ template: settings?.executionRole, path: [...path, 'executionRole'], known: placeOnly })
    found.push({
      template: settings?.dataCapture?.destination,
      path: [...path, 'dataCapture', 'destination'],
      known: templateVariables,
    })
    for (const [use, key] of Object.entries(settings?.kmsKeys ?? {}))
      found.push({ template: key, path: [...path, 'kmsKeys', use], known: placeOnly })
  }
  add(document.endpoint, ['endpoint'])
  for (const { target, path } of targetsIn(document)) add(target.endpoint, [...path, 'endpoint'])
  return found.flatMap((one) => (one.template === undefined ? [] : [{ ...one, template: one.template }]))
}

const bucketOf = (uri: string): string => uri.replace(/^s3:\/\//, '').split('/')[0] ?? ''

/** Variables are known, and a bucket that several Regions or accounts need is another one in each. */
export const checkTemplates: Check = (document, report) => {
  for (const { template, path, known } of templatesIn(document)) {
    for (const variable of variablesIn(template)) {
      if (known.includes(variable)) continue
      const meant = nearest(variable, known)
      const list = known.map((name) => `\`{${name}}\``).join(', ')
      report(
        path,
        meant ? `\`{${meant}}\` (of ${list})` : list,
        `the unknown variable {${variable.slice(0, 40)}}`,
      )
    }
    if (/[{}]/.test(template.replaceAll(/\{[^{}]*\}/g, '')))
      report(path, 'braces in pairs, each around one variable')
  }

  const places = [
    ...targetsIn(document).map(({ target }) => target),
    ...(document.promote?.to ? [document.promote.to] : []),
  ]
  const regions = new Set(places.flatMap(({ region }) => region ?? []))
  const accounts = new Set(places.flatMap(({ account }) => document.accounts?.[account ?? '']?.id ?? []))
  const needsEach = (template: string | undefined, path: Path): void => {
    if (template === undefined) return
    const bucket = bucketOf(template)
    if (regions.size > 1 && !bucket.includes('{region}'))
      report(
        path,
        'a bucket in every Region: `{region}` in its name',
        `one bucket for ${regions.size} Regions`,
      )
    if (accounts.size > 1 && !bucket.includes('{account}'))
      report(
        path,
        'a bucket in every account: `{account}` in its name',
        `one bucket for ${accounts.size} accounts`,
      )
  }
  needsEach(document.replicate?.artifacts, ['replicate', 'artifacts'])
  const capture = document.endpoint?.dataCapture?.destination
  if (capture !== undefined && regions.size > 1 && !bucketOf(capture).includes('{region}'))
    report(
      ['endpoint', 'dataCapture', 'destination'],
      'a bucket in every Region: `{region}` in its name',
      `one bucket for ${regions.size} Regions`,
    )
}
