import { defaultPayloadConverter } from '@temporalio/common'
import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ConfigError } from './environment.ts'
import { createPayloadCodec, PayloadKeyError } from './payload-codec.ts'
import { readPayloadKeys } from './payload-keys.ts'

const key = (id: string) => `${id}:${randomBytes(32).toString('base64')}`
const [a, b] = [key('a'), key('b')]
const codecOf = (current: string, ...old: string[]) =>
  createPayloadCodec(
    readPayloadKeys({ SLUICE_PAYLOAD_KEY: current, SLUICE_PAYLOAD_OLD_KEYS: old.join(',') })!,
  )
const payload = defaultPayloadConverter.toPayload({ secret: 'the document' })!
const open = async (codec: ReturnType<typeof codecOf>, sealed: typeof payload) =>
  defaultPayloadConverter.fromPayload((await codec.decode([sealed]))[0]!)

describe('a payload', () => {
  test('is not readable without the key, never the same twice, and whole again with it', async () => {
    const [first, second] = await codecOf(a).encode([payload, payload])
    expect(Buffer.from(first!.data!).toString('latin1')).not.toContain('document')
    expect(JSON.stringify(first!.metadata)).not.toContain(Buffer.from('json/plain').toString('base64'))
    expect(Buffer.from(first!.data!)).not.toEqual(Buffer.from(second!.data!))
    expect(await open(codecOf(a), first!)).toEqual({ secret: 'the document' })
  })

  test('of an old key is read while that key is listed, and new ones take the new key', async () => {
    const [old] = await codecOf(a).encode([payload])
    const both = codecOf(b, a)
    expect(await open(both, old!)).toEqual({ secret: 'the document' })
    const [fresh] = await both.encode([payload])
    expect(await open(codecOf(b), fresh!)).toEqual({ secret: 'the document' })
    await expect(codecOf(b).decode([old!])).rejects.toThrow(
      /with the key a, which is neither SLUICE_PAYLOAD_KEY/,
    )
  })

  test('of another key of the same name, or that was changed, is refused in words', async () => {
    const [sealed] = await codecOf(a).encode([payload])
    await expect(codecOf(key('a')).decode([sealed!])).rejects.toThrow(PayloadKeyError)
    for (const at of [0, 12, 28, sealed!.data!.length - 1]) {
      const data = Buffer.from(sealed!.data!)
      data[at]! ^= 1
      await expect(codecOf(a).decode([{ ...sealed!, data }])).rejects.toThrow(/was changed/)
    }
    await expect(codecOf(a).decode([{ ...sealed!, data: Buffer.alloc(3) }])).rejects.toThrow(/was changed/)
  })

  test('from before the key is read as it is', async () => {
    expect(await open(codecOf(a), payload)).toEqual({ secret: 'the document' })
  })
})

describe('the keys', () => {
  test('are none when none is set', () => {
    expect(readPayloadKeys({})).toBeUndefined()
  })

  test.each<[string, NodeJS.ProcessEnv, RegExp]>([
    [
      'without an id',
      { SLUICE_PAYLOAD_KEY: randomBytes(32).toString('base64') },
      /SLUICE_PAYLOAD_KEY: must be/,
    ],
    ['that are too short', { SLUICE_PAYLOAD_KEY: `a:${randomBytes(16).toString('base64')}` }, /must be/],
    ['that are no base64', { SLUICE_PAYLOAD_KEY: `a:${'!'.repeat(44)}` }, /must be/],
    ['of which only old ones are there', { SLUICE_PAYLOAD_OLD_KEYS: a }, /SLUICE_PAYLOAD_KEY: must be set/],
    ['with one id twice', { SLUICE_PAYLOAD_KEY: a, SLUICE_PAYLOAD_OLD_KEYS: key('a') }, /an id of its own/],
  ])('%s are refused, and not repeated', (_what, env, expected) => {
    let problem: unknown
    try {
      readPayloadKeys(env)
    } catch (error) {
      problem = error
    }
    expect(problem).toBeInstanceOf(ConfigError)
    expect(String(problem)).toMatch(expected)
    for (const value of Object.values(env)) expect(String(problem)).not.toContain(value)
  })
})
