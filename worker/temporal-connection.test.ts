import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { ConfigError } from './environment.ts'
import { createLogger } from './logging.ts'
import {
  connectTemporal,
  readTemporalSettings,
  TemporalUnreachableError,
  untilTemporalAnswers,
} from './temporal-connection.ts'

describe('the settings for Temporal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-profile-'))
  const file = join(folder, 'temporal.toml')
  writeFileSync(
    file,
    [
      '[profile.default]',
      'address = "dev.example.com:7233"',
      '[profile.cloud]',
      'address = "ml.a1b2c.tmprl.cloud:7233"',
      'namespace = "ml.a1b2c"',
      'api_key = "from-the-file"',
    ].join('\n'),
  )
  afterAll(() => rmSync(folder, { recursive: true }))
  const nowhere = { TEMPORAL_CONFIG_FILE: join(folder, 'absent.toml') }

  test('name a profile that does not exist', () => {
    const read = (): unknown => readTemporalSettings({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'typo' })
    expect(read).toThrow(ConfigError)
    expect(read).toThrow(/typo/)
  })

  test('name a certificate file that cannot be read', () => {
    const read = (): unknown =>
      readTemporalSettings({
        ...nowhere,
        TEMPORAL_TLS_CLIENT_CERT_PATH: '/no/such/cert.pem',
        TEMPORAL_TLS_CLIENT_KEY_PATH: '/no/such/key.pem',
      })
    expect(read).toThrow(/TEMPORAL_\*: .*\/no\/such\/cert\.pem/)
  })

  test('are those of a local server when nothing is set', () => {
    expect(readTemporalSettings(nowhere)).toMatchObject({ address: 'localhost:7233', namespace: 'default' })
  })

  test('come from the chosen profile, with TLS as soon as there is an API key', () => {
    expect(readTemporalSettings({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'cloud' })).toEqual({
      address: 'ml.a1b2c.tmprl.cloud:7233',
      namespace: 'ml.a1b2c',
      connection: expect.objectContaining({
        address: 'ml.a1b2c.tmprl.cloud:7233',
        apiKey: 'from-the-file',
        tls: true,
      }),
    })
  })

  test('let a variable win over the profile', () => {
    const env = {
      TEMPORAL_CONFIG_FILE: file,
      TEMPORAL_ADDRESS: 'other:7233',
      TEMPORAL_NAMESPACE: 'n',
      TEMPORAL_API_KEY: 'k',
    }
    expect(readTemporalSettings(env)).toMatchObject({
      address: 'other:7233',
      namespace: 'n',
      connection: { apiKey: 'k', tls: true },
    })
  })

  test('that lead nowhere say where, and what to do', async () => {
    const settings = readTemporalSettings({ ...nowhere, TEMPORAL_ADDRESS: '127.0.0.1:1' })
    const connecting = connectTemporal(settings)
    await expect(connecting).rejects.toThrow(TemporalUnreachableError)
    await expect(connecting).rejects.toThrow(/127\.0\.0\.1:1 .*TEMPORAL_ADDRESS/)
  })

  test('that are no address are not waited for', async () => {
    const settings = readTemporalSettings({ ...nowhere, TEMPORAL_ADDRESS: 'http://127.0.0.1:1' })
    await expect(untilTemporalAnswers(settings, createLogger('test', 'silent'))).rejects.toThrow(
      /Invalid address .*set TEMPORAL_ADDRESS/,
    )
  })
})
