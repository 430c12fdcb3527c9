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
const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((one) => ({ status: one })),
})

test('passed and failed tests are counted', () => {
  const testResults = [file('failed', 'passed', 'failed'), file('passed', 'passed', 'pending')]
  expect(count({ numPassedTests: 2, numFailedTests: 1, testResults })).toBe('2 1')
})

test('a file that could not be loaded counts as failed', () => {
  expect(
    count({ numPassedTests: 1, numFailedTests: 0, testResults: [file('passed', 'passed'), file('failed')] }),
  ).toBe('1 1')
})

test('no report at all is an error', () => {
  expect(() =>
    execFileSync(process.execPath, [script, join(folder, 'absent.json')], { stdio: 'pipe' }),
  ).toThrow()
})
