import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConfigError } from './environment.ts'
import { readNotify } from './notify-file.ts'

describe('the notifications file of a process', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-notify-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const write = (text: string): string => {
    const path = join(folder, 'notify.yaml')
    writeFileSync(path, text)
    return path
  }
  const problemsOf = (process: 'worker' | 'api', env: NodeJS.ProcessEnv): readonly string[] => {
    try {
      readNotify(process, env)
    } catch (error) {
      if (error instanceof ConfigError) return error.problems
      throw error
    }
    return []
  }
  const good = `apiVersion: sluice/v1
kind: Notifications
slack: { tokenFrom: BOT, signingSecretFrom: SIGNING }
channels: { pager: { webhook: { url: https://example.com/x, secretFrom: PAGER } } }
`

  test('is asked for by nobody when no variable names it', () => {
    expect(readNotify('worker', { SLUICE_NOTIFY_FILE: '' })).toBeUndefined()
  })

  test('is told wrong with its line, and a file that cannot be read is one sentence', () => {
    const path = write('apiVersion: sluice/v1\nkind: Notification\nchannels: {}\n')
    expect(problemsOf('api', { SLUICE_NOTIFY_FILE: path })).toEqual([
      `${path}:2: kind: found "Notification"; allowed: \`Notifications\``,
    ])
    expect(problemsOf('api', { SLUICE_NOTIFY_FILE: '/no/such' })).toEqual([
      expect.stringMatching(/^SLUICE_NOTIFY_FILE=\/no\/such: ENOENT/),
    ])
  })

  test('says every secret that the process lacks, and repeats none', () => {
    const path = write(good)
    expect(problemsOf('worker', { SLUICE_NOTIFY_FILE: path, PAGER: 'too-short' })).toEqual([
      `BOT: is not set, and ${path} takes a secret from it`,
      `PAGER: must have at least 16 characters, because ${path} takes a secret from it`,
    ])
    expect(problemsOf('api', { SLUICE_NOTIFY_FILE: path }).map((problem) => problem.split(':')[0])).toEqual([
      'BOT',
      'SIGNING',
    ])
  })

  test('gives the secrets that it names', () => {
    const env = { SLUICE_NOTIFY_FILE: write(good), BOT: 'xoxb-1234567890ab', PAGER: 'a secret of 16 letters' }
    expect(readNotify('worker', env)?.secret('PAGER')).toBe('a secret of 16 letters')
  })
})
