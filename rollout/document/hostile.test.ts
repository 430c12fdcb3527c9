import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseDocument } from './parse.ts'

const minimal = readFileSync(new URL('../../examples/minimal.yaml', import.meta.url), 'utf8')
const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n')
const laughs = [
  'a: &a [x,x,x,x,x,x,x,x,x,x]',
  ...Array.from('bcdefghi').map(
    (to, i) => `${to}: &${to} [${lines(10, () => `*${'abcdefghi'[i]}`).replaceAll('\n', ',')}]`,
  ),
].join('\n')
const targets = (count: number) =>
  lines(count, (i) => `    - { account: prod, region: eu-west-1, endpoint: { name: e-${i} } }`)

/** Each of these took the parser of YAML minutes, gigabytes or the whole process, or would fill the answer. */
const hostile: readonly [what: string, text: string, expected: RegExp][] = [
  ['half a megabyte of open brackets', '['.repeat(500_000), /nesting/],
  ['brackets that are closed', '['.repeat(400_000) + ']'.repeat(400_000), /nesting/],
  ['brackets behind brackets in texts', '[ "]" '.repeat(100_000), /nesting/],
  ['deep JSON', '{"a":'.repeat(150_000) + '1' + '}'.repeat(150_000), /nesting/],
  ['a staircase', lines(1_300, (i) => `${' '.repeat(i)}a:`), /nesting/],
  ['lists in lists on one line', '- '.repeat(500_000), /nesting/],
  ['keys of keys', '? '.repeat(500_000), /nesting/],
  ['keys of keys in brackets', `[${'? '.repeat(500_000)}`, /nesting/],
  ['a billion laughs', laughs, /alias/i],
  ['aliases of nothing', lines(200_000, () => '- *a'), /more than 100 of one kind \(alias\)/],
  ['an alias of itself', 'a: &a\n  b: *a', /nesting/],
  ['anchors', lines(60_000, (i) => `- &a${i} x`), /more than 100 of one kind \(anchor\)/],
  ['tags', '! '.repeat(500_000), /more than 100 of one kind \(tag\)/],
  ['directives', '%A\n'.repeat(300_000), /more than 10 of one kind/],
  ['lines', `${'\n'.repeat(1_000_000)}a: 1`, /more keys and values than any document has/],
  ['keys', `{${lines(80_000, (i) => `"k${i}":1,`)}}`, /more keys and values than any document has/],
  ['some thousand keys', lines(5_000, (i) => `k${i}: 1`), /4807 more problems|unknown key/],
  [
    'ten thousand targets',
    `${minimal}\n  waves:\n   -\n${targets(10_000)}`,
    /more keys and values than any document has/,
  ],
  ['bytes as a list', `a: !!binary ${'A'.repeat(900_000)}`, /a: found/],
  ['a key twice', 'name: a\nname: b', /name/],
  ['a key twice, deep inside, and in another spelling', 'a: [{ b: 1, "b": 2 }]', /b/],
  [
    'keys that JavaScript gives a meaning',
    '{"__proto__":{"a":1},"constructor":{"prototype":{}}}',
    /reserved/,
  ],
  ['a number of a million digits', `name: ${'9'.repeat(1_000_000)}`, /name: found/],
  ['a number beyond all numbers', `name: 1e999999999`, /name: found Infinity/],
  [
    'a name of a million letters',
    minimal.replace(/^name: .*$/m, `name: ${'a'.repeat(900_000)}`),
    /name: found/,
  ],
  ['an object of another language', '!!js/function "x"', /tag/],
  ['more than a megabyte', 'a'.repeat(1_048_577), /at most 1 MiB/],
]

describe('a hostile document', () => {
  test.each(hostile)('with %s is refused in a few words', (_what, text, expected) => {
    const parsed = parseDocument(text)
    if (parsed.ok) throw new Error('it was taken')
    expect(parsed.problems.map(({ message }) => message).join('\n')).toMatch(expected)
    expect(JSON.stringify(parsed.problems).length).toBeLessThan(200_000)
  })

  test('with a wrong value in each of a thousand places does not make an answer longer than itself', () => {
    const parsed = parseDocument(
      `${minimal}\nstrange:\n${lines(900, (i) => `  - k${i}: 1`)}\n${lines(900, (i) => `s${i}: 1`)}`,
    )
    expect(parsed.ok || parsed.problems.length).toBe(201)
  })

  test('gives no object another prototype', () => {
    parseDocument('{"a":{"__proto__":{"polluted":true}}}')
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})

test('a document with two hundred targets is taken', () => {
  const waves = [0, 1].map(
    (wave) =>
      `    -\n${lines(100, (i) => `      - { account: prod, region: eu-west-1, endpoint: { name: e-${wave}-${i} } }`)}`,
  )
  const text = minimal.replace(/^ {2}waves:[\s\S]*$/m, `  waves:\n${waves.join('\n')}\n`)
  const parsed = parseDocument(text)
  expect(parsed.ok ? [] : parsed.problems).toEqual([])
})
