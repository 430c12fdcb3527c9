import { describe, expect, test } from 'vitest'
import { channelsFor, showsIn } from './routes.ts'
import { parseSettings, type NotifySettings } from './settings.ts'

const written = (routes: string): NotifySettings => {
  const parsed = parseSettings(`
apiVersion: sluice/v1
kind: Notifications
slack: { tokenFrom: BOT, signingSecretFrom: SIGNING }
channels:
  room: { slack: { channel: C0123456789 } }
  pager: { webhook: { url: https://example.com/hook, secretFrom: PAGER } }
  audit: { sns: { topic: 'arn:aws:sns:eu-west-1:111111111111:audit' } }
routes: ${routes}
`)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.settings
}

describe('where a notice goes', () => {
  test.each([
    ['fraud-scorer', 'fraud-scorer', true],
    ['fraud-scorer', 'fraud-scorer-2', false],
    ['fraud-*', 'fraud-scorer', true],
    ['fraud-*', 'risk-fraud-1', false],
    ['*', 'anything', true],
    ['*-scorer', 'fraud-scorer', true],
    ['*-scorer', 'fraud-scorer-2', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['f*s*r', 'fraud-scorer', true],
    ['f*x*r', 'fraud-scorer', false],
  ])('%s is meant by %s: %s', (pattern, model, meant) => {
    const settings = written(`[{ models: ['${pattern}'], to: [pager] }]`)
    expect(channelsFor(settings, model, 'started')).toEqual(meant ? ['pager'] : [])
  })

  test('is decided by model and event, and each channel gets it once', () => {
    const settings = written(
      '[{ events: [started], to: [room, audit] }, { models: [fraud-*], to: [audit] }, { events: [alarm], to: [pager] }]',
    )
    expect(channelsFor(settings, 'fraud-scorer', 'started')).toEqual(['room', 'audit'])
    expect(channelsFor(settings, 'fraud-scorer', 'alarm')).toEqual(['pager', 'audit'])
    expect(channelsFor(settings, 'risk', 'succeeded')).toEqual([])
  })

  test('is everywhere for what needs a person, though no route says so', () => {
    const settings = written('[{ models: [other], events: [started], to: [room] }]')
    expect(channelsFor(settings, 'fraud-scorer', 'needs-human')).toEqual(['room', 'pager', 'audit'])
    expect(showsIn(settings, 'fraud-scorer')).toEqual([])
    expect(showsIn(settings, 'other')).toEqual(['room'])
  })
})
