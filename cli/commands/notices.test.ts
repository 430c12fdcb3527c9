import { describe, expect, test } from 'vitest'
import type { NotificationsAnswer } from '../../api/answers.ts'
import { describeNotices, writeNotices } from './notices.ts'

const answer: NotificationsAnswer = {
  configured: true,
  deliveries: [],
  showings: [],
  acknowledgements: [],
  unacknowledged: false,
}
const delivery = { id: 'd', notice: 'n', event: 'started' as const, channel: 'pager', since: 't' }

describe('the notices of a rollout on the terminal', () => {
  test('are silent while everything arrives', () => {
    const deliveries = [
      { ...delivery, state: 'delivered' as const, attempts: 3 },
      { ...delivery, state: 'pending' as const },
    ]
    expect(describeNotices({ ...answer, deliveries, showings: [{ channel: 'room', ts: '1' }] })).toEqual([])
  })

  test('say which channel was not reached, how often that was tried, and why', () => {
    const deliveries = [
      { ...delivery, state: 'pending' as const, attempts: 4, lastError: 'example.com answered 503' },
      { ...delivery, state: 'gave-up' as const, attempts: 1, lastError: 'example.com answered 410' },
      { ...delivery, state: 'gave-up' as const, lastError: 'no success in time' },
    ]
    const showings = [{ channel: 'room', lastError: 'Slack chat.update: not_in_channel' }]
    expect(describeNotices({ ...answer, deliveries, showings })).toEqual([
      '! started has not reached pager yet after 4 attempts: example.com answered 503',
      '! started did not reach pager after 1 attempt: example.com answered 410',
      '! started did not reach pager: no success in time',
      '! the message in room is behind: Slack chat.update: not_in_channel',
    ])
  })

  test('say who takes care, or that nobody does', () => {
    const acknowledgements = [{ trouble: '1', by: 'ben', at: '2026-01-01T00:00:00Z', comment: 'on it' }]
    expect(describeNotices({ ...answer, acknowledgements, unacknowledged: true })).toEqual([
      'acknowledged by ben at 2026-01-01T00:00:00Z: on it',
      '! nobody has acknowledged it yet: sluice acknowledge',
    ])
  })

  test('hide nothing of the rollout when they cannot be read', async () => {
    const notifications = () => Promise.reject(new Error('no worker'))
    expect(await writeNotices({ notifications }, 'fraud-38-x')).toEqual([])
  })
})
