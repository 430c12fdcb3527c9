import { readFileSync, readdirSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { documentHash } from './hash.ts'
import { generateDocumentSchema } from './json-schema.ts'
import { formatProblems, parseDocument } from './parse.ts'
import type { Path } from './problem.ts'

const examples = new URL('../../examples/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, examples), 'utf8')

/** The full example as data, changed at one path; undefined takes the key away. */
function changed(path: Path, value: unknown, name = 'three-regions.yaml'): unknown {
  const parsed = parseDocument(read(name))
  if (!parsed.ok) throw new Error(formatProblems(parsed.problems))
  const copy = structuredClone(parsed.written) as unknown as Record<string, unknown>
  let parent: Record<string | number, unknown> = copy
  for (const part of path.slice(0, -1)) parent = (parent[part] ??= {}) as Record<string | number, unknown>
  parent[path.at(-1) ?? ''] = value
  return copy
}

const problems = (input: unknown) => {
  const parsed = parseDocument(input)
  return parsed.ok ? [] : parsed.problems
}

const tests: Path = ['staging', 'tests', 0]
const steps: Path = ['production', 'strategy']
const alarm: Path = ['production', 'watch', 'alarms', 0]

describe('what is refused, with its place and what is allowed', () => {
  it.each<readonly [Path, unknown, string, RegExp]>([
    [['apiVersion'], 'sluice/v2', 'apiVersion', /`sluice\/v1`/],
    [['name'], 'Fraud_Scorer', 'name', /a-z, 0-9/],
    [['name'], 'x'.repeat(31), 'name', /1 to 30/],
    [['nmae'], 'x', 'nmae', /`name`/],
    [['model', 'package'], 'latest', 'model.package', /never to “latest”/],
    [
      ['model', 'package'],
      'arn:aws:sagemaker:eu-west-1:111111111111:model-package/fraud',
      'model.package',
      /one version/,
    ],
    [
      ['model', 'package'],
      'arn:aws:sagemaker:eu-west-1:999999999999:model-package/fraud/1',
      'model.package',
      /add account 999999999999/,
    ],
    [['accounts', 'staging', 'id'], 222222222222, 'accounts.staging.id', /in quotes/],
    [['accounts', 'staging', 'id'], '222', 'accounts.staging.id', /12 digits/],
    [
      ['accounts', 'staging', 'role'],
      'arn:aws:iam::333333333333:role/x',
      'accounts.staging.role',
      /a role of account 222222222222/,
    ],
    [['accounts', 'staging', 'role'], undefined, 'accounts.staging.externalId', /only beside a `role`/],
    [['production', 'waves', 1, 0, 'region'], 'mars', 'production.waves[1][0].region', /`eu-west-1`/],
    [['production', 'waves', 1, 0, 'account'], 'prod-wrld', 'production.waves[1][0].account', /`prod-world`/],
    [
      ['production', 'waves', 1, 1, 'region'],
      'us-east-1',
      'production.waves[1][1]',
      /production\.waves\[1\]\[0\] is the same one/,
    ],
    [
      ['staging', 'target'],
      { account: 'prod-eu', region: 'eu-west-1', endpoint: { name: 'FRAUD-scorer' } },
      'staging.target',
      /every endpoint once/,
    ],
    [['production', 'waves'], [], 'production.waves', /at least one wave/],
    [['production', 'waves', 0], [], 'production.waves[0]', /at least one target/],
    [
      ['accounts'],
      Object.fromEntries(Array.from({ length: 251 }, (_, index) => [`a${index}`, { id: '111111111111' }])),
      'accounts',
      /at most 250 accounts/,
    ],
    [['record', 'account'], 'audit', 'record.account', /one of `accounts`/],
    [['record', 'to'], 'https://x', 'record.to', /s3:\/\/bucket/],
    [['replicate', 'artifacts'], 's3://models-{acount}-{region}/x/', 'replicate.artifacts', /`\{account\}`/],
    [
      ['replicate', 'artifacts'],
      's3://models-{account}/x/',
      'replicate.artifacts',
      /`\{region\}` in its name/,
    ],
    [
      ['replicate', 'artifacts'],
      's3://models-{region}/x/',
      'replicate.artifacts',
      /`\{account\}` in its name/,
    ],
    [['replicate', 'artifacts'], 's3://models/{account}/{region}/', 'replicate.artifacts', /in its name/],
    [
      ['replicate', 'artifacts'],
      's3://models-{account}-{region/x/',
      'replicate.artifacts',
      /braces in pairs|variable/,
    ],
    [
      ['endpoint', 'executionRole'],
      'arn:aws:iam::333333333333:role/x',
      'endpoint.executionRole',
      /write `\{account\}`/,
    ],
    [
      ['endpoint', 'kmsKeys'],
      { volume: 'arn:aws:kms:eu-west-1:333333333333:key/abc' },
      'endpoint.kmsKeys.volume',
      /`\{region\}`/,
    ],
    [['endpoint', 'environment'], { '1X': 'a' }, 'endpoint.environment["1X"]', /a variable name/],
    [['endpoint', 'environment'], { X: 5 }, 'endpoint.environment.X', /in quotes/],
    [
      ['endpoint', 'tags'],
      { 'sluice:rollout': 'x' },
      'endpoint.tags["sluice:rollout"]',
      /does not begin with/,
    ],
    [['endpoint', 'name'], 'fraud_scorer', 'endpoint.name', /63 letters/],
    [['endpoint', 'instanceCount'], 0, 'endpoint.instanceCount', /1 to 1000/],
    [['endpoint', 'instanceType'], 'm5.large', 'endpoint.instanceType', /ml\.m5/],
    [['endpoint', 'startupTimeout'], '10s', 'endpoint.startupTimeout', /from 1m to 1h/],
    [[...tests, 'name'], 'golden set', 'staging.tests[1].name', /test 1 has the same/],
    [[...tests, 'http'], { url: 'https://x.example' }, 'staging.tests[0]', /exactly one of/],
    [
      tests,
      { name: 'own', http: { url: 'http://ci.example.com' } },
      'staging.tests[0].http.url',
      /loopback only/,
    ],
    [
      tests,
      { name: 'own', http: { url: 'https://u:p@ci.example.com' } },
      'staging.tests[0].http.url',
      /without user/,
    ],
    [
      [...tests, 'invoke', 'expect', 'matches'],
      '(',
      'staging.tests[0].invoke.expect.matches',
      /regular expression/,
    ],
    [tests, { name: 'none' }, 'staging.tests[0]', /exactly one of/],
    [
      tests,
      { name: 'x', dataset: { input: 's3://b/in', expected: 's3://b/dir/' } },
      'staging.tests[0].dataset.expected',
      /an S3 object/,
    ],
    [
      ['staging', 'tests', 2, 'load', 'p99'],
      '100ms',
      'staging.tests[2].load.p99',
      /p99 needs 1000 requests \(200s/,
    ],
    [['approval', 'from'], [], 'approval.from', /nobody can ever approve/],
    [['approval', 'from'], undefined, 'approval.from', /nobody can ever approve/],
    [['approval', 'required'], 0, 'approval.required', /1 to 20/],
    [['approval', 'expiresAfter'], '24', 'approval.expiresAfter', /a duration/],
    [steps, {}, 'production.strategy', /exactly one of/],
    [[...steps, 'allAtOnce'], { bake: '1m' }, 'production.strategy', /exactly one of/],
    [[...steps, 'canary', 'percent'], 100, 'production.strategy.canary.percent', /1 to 99/],
    [[...steps, 'canary', 'bake'], '0s', 'production.strategy.canary.bake', /longer than 0/],
    [
      steps,
      { steps: [{ weight: 50 }, { weight: 50 }, { bake: '1m' }] },
      'production.strategy.steps[1].weight',
      /more than 50/,
    ],
    [steps, { steps: [{ bake: '1m' }, { weight: 50 }] }, 'production.strategy.steps[0]', /a `weight` first/],
    [steps, { steps: [{ weight: 50 }] }, 'production.strategy.steps', /at least one `bake`/],
    [steps, { steps: [{ weight: 50, bake: '1m' }] }, 'production.strategy.steps[0]', /several entries/],
    [
      steps,
      { steps: [{ weight: 1 }, { bake: '1m' }, { approval: {} }] },
      'production.strategy.steps[2].approval.from',
      /nobody/,
    ],
    [['production', 'betweenWaves'], {}, 'production.betweenWaves', /`bake`, `approval` or both/],
    [
      alarm,
      { metric: 'ModelLatncy', stat: 'p99', above: '1s' },
      'production.watch.alarms[0].metric',
      /`ModelLatency`/,
    ],
    [
      alarm,
      { metric: 'ModelLatency', stat: 'p99', above: 300 },
      'production.watch.alarms[0].above',
      /a duration/,
    ],
    [
      alarm,
      { metric: 'Invocation5XXErrors', stat: 'Average', above: 5 },
      'production.watch.alarms[0].above',
      /a rate/,
    ],
    [
      alarm,
      { metric: 'Invocation5XXErrors', stat: 'Sum', above: '5s' },
      'production.watch.alarms[0].above',
      /only latencies/,
    ],
    [
      alarm,
      { metric: 'Invocation5XXErrors', stat: 'Sum', above: 5, breaches: '4 of 3' },
      'production.watch.alarms[0].breaches',
      /no more than/,
    ],
    [
      alarm,
      { metric: 'Invocation5XXErrors', stat: 'Sum', above: 5, period: '90s' },
      'production.watch.alarms[0].period',
      /whole minutes/,
    ],
    [
      alarm,
      { metric: 'Invocation5XXErrors', stat: 'Sum', above: 5, breaches: '3 of 5', period: '6h' },
      'production.watch.alarms[0].breaches',
      /one day/,
    ],
    [alarm, { lik: 'x' }, 'production.watch.alarms[0].lik', /`like`/],
    [alarm, 5, 'production.watch.alarms[0]', /an alarm name/],
    [['emergency'], { reason: ' ' }, 'emergency.reason', /one line/],
    [
      ['emergency'],
      { reason: 'down', ignoreAlarms: ['x'] },
      'emergency.ignoreAlarms[0]',
      /an alarm of `production.watch`/,
    ],
    [
      ['promote'],
      { to: { account: 'registry', region: 'eu-west-1', group: 'fraud-scorer' } },
      'promote.to',
      /another account, Region or group/,
    ],
    [['production', 'onFailure'], 'rollback', 'production.onFailure', /`rollback-all` or/],
    [['production'], undefined, 'production', /section/],
  ])('%j: %j', (path, value, place, allowed) => {
    const found = problems(changed(path, value))
    const problem = found.find((one) => one.path === place)
    expect(problem, formatProblems(found)).toBeDefined()
    expect(problem?.allowed).toMatch(allowed)
    expect(problem?.message).toContain(place)
  })

  it('is told all at once, each with its line', () => {
    const text = read('three-regions.yaml')
      .replace('kind: Rollout', 'kind: Rolout')
      .replace('region: us-east-1', 'region: mars')
      .replace('from: [ml-leads]', 'from: []')
      .replace('bake: 10m', 'bakes: 10m')
    const found = problems(text)
    expect(found.map(({ path }) => path)).toEqual([
      'kind',
      'approval.from',
      'production.strategy.canary.bake',
      'production.strategy.canary.bakes',
      'production.waves[1][0].region',
    ])
    const lines = text.split('\n')
    expect(found.map(({ line }) => lines[(line ?? 0) - 1]?.trim().split(':')[0])).toEqual([
      'kind',
      'from',
      'strategy',
      'strategy',
      '- - { account',
    ])
  })

  it('is refused when 201 targets are listed, and not when 200 are', () => {
    const wave = (count: number) => [
      Array.from({ length: count }, (_, index) => ({
        account: 'prod-eu',
        region: 'eu-west-1',
        endpoint: { name: `fraud-${index}` },
      })),
    ]
    expect(problems(changed(['production', 'waves'], wave(200)))).toEqual([])
    expect(problems(changed(['production', 'waves'], wave(201)))[0]?.allowed).toBe('at most 200 targets')
  })
})

describe('text that is dangerous or no document at all', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
    .split('')
    .map((letter, index) => `${letter}: &${letter} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`)
    .join('\n')}`

  it.each([
    ['an empty text', ''],
    ['a list', '- 1'],
    ['half a JSON object', '{"a":1'],
    ['a key twice', 'kind: Rollout\nkind: Rollout'],
    ['two documents', 'a: 1\n---\nb: 2'],
    ['a tag', 'a: !!js/function x'],
    ['an alias bomb', bomb],
    ['deep nesting', '['.repeat(20_000)],
    ['too much text', 'x'.repeat(1_048_577)],
    ['the key __proto__', '__proto__: { polluted: true }'],
    ['the key constructor', 'accounts: { constructor: { id: "111111111111" } }'],
  ])('refuses %s', (_, text) => {
    expect(problems(text).length).toBeGreaterThan(0)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('names the key that stands twice, with its line', () => {
    expect(problems('kind: Rollout\nmodel:\n  package: a\n  package: b\n')).toMatchObject([
      { path: 'model.package', found: 'the key a second time', line: 4 },
    ])
  })

  it('is told in words for who wrote it, and not once for every time that the parser stumbled', () => {
    const deep = { found: 'more nesting than any document has', allowed: 'at most 40 levels' }
    expect(problems('['.repeat(20_000)).filter(({ found }) => found === deep.found)).toHaveLength(1)
    expect(problems('- '.repeat(20_000))).toMatchObject([deep])
    expect(problems('a: 1\n---\nb: 2')).toMatchObject([{ found: 'a second document', line: 2 }])
  })

  it.each([
    ['keys', Array.from({ length: 60_000 }, (_, index) => `k${index}: 1`).join('\n')],
    ['empty lines', '\n'.repeat(1_000_000)],
    ['quotes', '"'.repeat(1_000_000)],
    ['brackets', '[]'.repeat(500_000)],
  ])('refuses too many %s before it builds anything of them', (_, text) => {
    expect(problems(text)).toMatchObject([{ found: 'more keys and values than any document has' }])
  })

  it('lists 200 problems at most, and counts the rest', () => {
    const found = problems(Array.from({ length: 3_000 }, (_, index) => `k${index}: 1`).join('\n'))
    expect(found).toHaveLength(201)
    expect(found.at(-1)?.found).toBe('2807 more problems')
  })

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.json(), fc.string()), (input) => {
        const parsed = parseDocument(input)
        expect(parsed.ok).toBe(false)
        if (!parsed.ok) expect(parsed.problems.length).toBeGreaterThan(0)
      }),
      { numRuns: 300 },
    )
  })

  it('never throws on a document with one value replaced by anything', () => {
    const paths: Path[] = [
      ['accounts'],
      ['accounts', 'staging'],
      ['endpoint'],
      ['staging', 'tests'],
      tests,
      ['production', 'waves'],
      ['production', 'waves', 0],
      ['production', 'watch', 'alarms'],
      steps,
      ['approval', 'from'],
      ['emergency'],
    ]
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        expect(() => parseDocument(changed(path, value))).not.toThrow()
      }),
      { numRuns: 300 },
    )
  })
})

describe('what is understood', () => {
  it.each(readdirSync(examples).filter((name) => name.endsWith('.yaml')))('examples/%s is fine', (name) => {
    expect(formatProblems(problems(read(name)))).toBe('')
  })

  it('writes canary, linear and allAtOnce out as steps', () => {
    const stepsOf = (strategy: unknown) => {
      const parsed = parseDocument(changed(steps, strategy))
      return parsed.ok
        ? parsed.document.production.steps.map((step) => (step.kind === 'weight' ? step.weight : step.kind))
        : parsed.problems
    }
    expect(stepsOf({ canary: { percent: 10, bake: '15m' } })).toEqual([10, 'bake', 100, 'bake'])
    expect(stepsOf({ allAtOnce: { bake: '15m' } })).toEqual([100, 'bake'])
    expect(stepsOf({ linear: { percent: 30, bake: '15m' } })).toEqual(
      [30, 60, 90, 100].flatMap((weight) => [weight, 'bake']),
    )
    expect(stepsOf({ steps: [{ weight: 5 }, { bake: '1m' }] })).toEqual([5, 'bake', 100])
  })

  it('fills in safe defaults and reads durations', () => {
    const parsed = parseDocument(read('minimal.yaml'))
    if (!parsed.ok) throw new Error(formatProblems(parsed.problems))
    const { production, whenBusy } = parsed.document
    expect(whenBusy).toBe('reject')
    expect(production).toMatchObject({
      prepare: 'allFirst',
      onFailure: 'rollback-all',
      keepPrevious: 3_600_000,
    })
    expect(production.watch).toMatchObject({
      pollEvery: 15_000,
      settle: 120_000,
      whenInAlarmAtStart: 'refuse',
      whenInsufficientData: 'wait',
      minInvocations: 300,
      maxExtension: 1_800_000,
    })
    expect(production.watch.alarms[0]).toEqual({
      kind: 'metric',
      metric: 'Invocation5XXErrors',
      stat: 'Sum',
      above: 5,
      unit: 'count',
      breaches: { count: 2, of: 3 },
      period: 60_000,
    })
  })

  it('takes body and content type of a load from the first invoke test, and content types default to text/csv', () => {
    const parsed = parseDocument(read('three-regions.yaml'))
    if (!parsed.ok) throw new Error(formatProblems(parsed.problems))
    const smoke = parsed.written.staging?.tests?.[0]?.invoke
    expect(smoke?.body).toMatch(/^[\d.]+(,[\d.]+)+$/)
    expect(parsed.document.staging?.tests[2]).toMatchObject({
      kind: 'load',
      load: { contentType: 'text/csv', body: smoke?.body, p90: 500 },
    })
    expect(parsed.document.staging?.tests[1]).toMatchObject({ dataset: { contentType: 'text/csv' } })
  })

  it('allows plain http on loopback', () => {
    for (const url of ['http://127.0.0.1:8080/x', 'http://localhost/x', 'http://[::1]:9/x'])
      expect(problems(changed(tests, { name: 'own', http: { url } })).map(({ path }) => path)).not.toContain(
        'staging.tests[0].http.url',
      )
    expect(
      problems(changed(tests, { name: 'own', http: { url: 'http://127.0.0.1.evil.com/' } })).length,
    ).toBeGreaterThan(0)
  })

  it('reads JSON, with tabs too, as the same document as YAML', () => {
    const yaml = parseDocument(read('three-regions.yaml'))
    if (!yaml.ok) throw new Error(formatProblems(yaml.problems))
    for (const input of [
      JSON.stringify(yaml.written),
      JSON.stringify(yaml.written, null, '\t'),
      stringify(yaml.written),
      yaml.written,
    ]) {
      const other = parseDocument(input)
      expect(other.ok && other.document).toEqual(yaml.document)
    }
  })

  it('hashes documents that mean the same alike, and others not', () => {
    expect(documentHash({ b: [1, { y: 2, x: undefined }], a: 'é' })).toBe(
      documentHash({ a: 'é', b: [1, { y: 2 }] }),
    )
    expect(documentHash({ a: [1, 2] })).not.toBe(documentHash({ a: [2, 1] }))
    expect(documentHash({ a: '1' })).not.toBe(documentHash({ a: 1 }))
  })
})

describe('the JSON Schema', () => {
  it('describes every key with defaults, and forbids unknown ones', () => {
    const { path, content } = generateDocumentSchema()
    expect(path).toBe('docs/reference/rollout.schema.json')
    const schema = JSON.parse(content)
    expect(schema.additionalProperties).toBe(false)
    expect(schema.required).toEqual([
      'apiVersion',
      'kind',
      'name',
      'model',
      'accounts',
      'endpoint',
      'production',
    ])
    expect(schema.properties.production.properties.keepPrevious).toMatchObject({
      default: '1h',
      type: 'string',
    })
    expect(schema.properties.production.properties.strategy).toMatchObject({ maxProperties: 1 })
  })
})
