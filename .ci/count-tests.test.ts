import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const script = fileURLToPath(new URL('./count-tests.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'sluice-count-'))
afterAll(() => rmSync(folder, { recursive: true }))

const count = (report: unknown): string => {
  writeFileSync(join(folder, 'report.json'), JSON.stringify(report))
  return execFileSync(process.execPath, [script, join(folder, 'report.json')], { encoding: 'utf8' }).trim()
}
const file = (name: string, status: string, ...tests: string[]) => ({
  name,
  status,
  message: status === 'failed' && tests.length === 0 ? 'SyntaxError: oh' : '',
  assertionResults: tests.map((one) => ({
    status: one,
    fullName: 'a title',
    failureMessages: one === 'failed' ? ['Error: one is not two\n    at a.test.ts:1'] : [],
  })),
})

test('passed and failed tests are counted, and what failed is told', () => {
  const testResults = [
    file('a.test.ts', 'failed', 'passed', 'failed'),
    file('b.test.ts', 'passed', 'passed', 'pending'),
  ]
  expect(count({ numPassedTests: 2, testResults }).split('\n')).toEqual([
    '2 1',
    'failed: a.test.ts: a title',
    '    Error: one is not two',
    '        at a.test.ts:1',
  ])
})

test('a file that could not be loaded counts as failed', () => {
  const testResults = [file('a.test.ts', 'passed', 'passed'), file('b.test.ts', 'failed')]
  expect(count({ numPassedTests: 1, testResults }).split('\n')).toEqual([
    '1 1',
    'failed: b.test.ts did not load',
    '    SyntaxError: oh',
  ])
})

test('no report at all is an error', () => {
  expect(() =>
    execFileSync(process.execPath, [script, join(folder, 'absent.json')], { stdio: 'pipe' }),
  ).toThrow()
})
