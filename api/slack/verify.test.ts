import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { refuseRequest } from './verify.ts'

describe('a request of Slack', () => {
  // The example of Slack's own page on verifying requests.
  const secret = '8f742231b10e8888abcd99yyyzzz85a5'
  const timestamp = '1531420618'
  const body = Buffer.from(
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
  )
  const signature = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503'
  const now = Number(timestamp) * 1_000
  const sign = (at: string, bytes: Buffer) =>
    `v0=${createHmac('sha256', secret).update(`v0:${at}:`).update(bytes).digest('hex')}`

  test('is believed with the signature of its raw body', () => {
    expect(refuseRequest({ signature, timestamp, body }, { secret, now })).toBeNull()
  })

  test.each([
    ['no signature', { signature: undefined, timestamp, body }, 'unsigned'],
    ['no time', { signature, timestamp: undefined, body }, 'unsigned'],
    ['a time that is none', { signature, timestamp: '15314206e9', body }, 'unsigned'],
    [
      'another body',
      { signature, timestamp, body: Buffer.concat([body, Buffer.from(' ')]) },
      'wrong signature',
    ],
    ['another time', { signature, timestamp: '1531420619', body }, 'wrong signature'],
    ['half a signature', { signature: signature.slice(0, 20), timestamp, body }, 'wrong signature'],
    ['another version', { signature: signature.replace('v0', 'v1'), timestamp, body }, 'wrong signature'],
    ['letters that are no hex', { signature: `v0=${'é'.repeat(64)}`, timestamp, body }, 'wrong signature'],
  ])('is refused with %s', (_, signed, why) => {
    expect(refuseRequest(signed, { secret, now })).toBe(why)
  })

  test.each([
    [-299, null],
    [-301, 'old'],
    [299, null],
    [301, 'old'],
  ])('made %i seconds from now: %s', (offset, why) => {
    const at = String(Number(timestamp) + offset)
    expect(refuseRequest({ signature: sign(at, body), timestamp: at, body }, { secret, now })).toBe(why)
  })
})
