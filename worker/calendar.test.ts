import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openCalendar } from './calendar.ts'
import { createLogger } from './logging.ts'

const logger = createLogger('worker', 'silent')
const calendar = (...names: readonly string[]) =>
  `apiVersion: sluice/v1\nkind: Calendar\nfreezes: [${names.map((name) => `{ name: ${name}, timeZone: UTC, daily: {} }`).join(', ')}]\n`

describe('the calendar file', () => {
  let folder = ''
  let path = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-calendar-'))
    path = join(folder, 'calendar.yaml')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('is read again when it has changed', () => {
    writeFileSync(path, calendar('one'))
    const opened = openCalendar(path, logger)
    expect(opened.freezes().map(({ name }) => name)).toEqual(['one'])
    writeFileSync(path, calendar('one', 'two'))
    expect(opened.freezes().map(({ name }) => name)).toEqual(['one', 'two'])
  })

  test('stays in force as it was when it becomes unreadable', () => {
    writeFileSync(path, calendar('one'))
    const opened = openCalendar(path, logger)
    writeFileSync(path, 'kind: nonsense, ')
    expect(opened.freezes().map(({ name }) => name)).toEqual(['one'])
    rmSync(path)
    expect(opened.freezes().map(({ name }) => name)).toEqual(['one'])
    writeFileSync(path, calendar('three'))
    expect(opened.freezes().map(({ name }) => name)).toEqual(['three'])
  })

  test('that is wrong at the start ends the process with every problem', () => {
    expect(() => openCalendar(path, logger)).toThrow(/SLUICE_CALENDAR_FILE=.*no such file/)
    writeFileSync(path, 'apiVersion: sluice/v1\nkind: Calendar\nfreezes: [{ name: x }]\n')
    expect(() => openCalendar(path, logger)).toThrow(/calendar\.yaml:3: freezes\[0\]\.timeZone/)
  })
})
