import { describe, expect, test } from 'vitest'
import { parseSettings } from './settings.ts'

const problemsOf = (text: string): readonly string[] => {
  const parsed = parseSettings(text)
  return parsed.ok ? [] : parsed.problems.map(({ message }) => message)
}

const head = 'apiVersion: sluice/v1\nkind: Notifications\n'

describe('the notifications file', () => {
  test('is told everything that is wrong with it at once, each with its path and what is allowed', () => {
    const problems = problemsOf(`${head}
channels:
  Pager: { webhook: { url: https://example.com/x, secretFrom: PAGER } }
  hook: { webhook: { url: http://example.com/x, secretfrom: PAGER } }
  topic: { sns: { topic: arn:aws:sqs:eu-west-1:1:q } }
  room: { slack: { channel: '#general' } }
  empty: {}
routes:
  - { events: [finished], to: [] }
reminders: { approval: 1s }
`)
    expect(problems).toEqual([
      expect.stringMatching(/^channels\.Pager: found the key "Pager"; allowed: a name of your own/),
      expect.stringMatching(/^channels\.hook\.webhook\.url: .*allowed: an https URL, or http on loopback/),
      expect.stringMatching(
        /^channels\.hook\.webhook\.secretFrom: found nothing; allowed: the name of an env/,
      ),
      expect.stringMatching(
        /^channels\.hook\.webhook\.secretfrom: found an unknown key; allowed: `secretFrom`/,
      ),
      expect.stringMatching(/^channels\.topic\.sns\.topic: .*allowed: the ARN of a topic/),
      expect.stringMatching(/^channels\.room\.slack\.channel: .*allowed: the id of a channel/),
      'channels.empty: found an empty section; allowed: exactly one of `webhook`, `sns` or `slack`',
      expect.stringMatching(/^routes\[0\]\.events\[0\]: found "finished"; allowed: `started` or/),
      expect.stringMatching(/^routes\[0\]\.to: .*allowed: at least one of `channels`/),
      expect.stringMatching(/^reminders\.approval: found "1s"; allowed: a duration from 1m to 7d/),
    ])
  })

  test('must name channels that are there, and the app when one of them is in Slack', () => {
    const problems = problemsOf(
      `${head}channels: { room: { slack: { channel: C0123456789 } } }\nroutes: [{ to: [room, pager] }]\n`,
    )
    expect(problems).toEqual([
      'routes[0].to[1]: found pager; allowed: one of room',
      'slack: found nothing; allowed: the Slack app, because room is in Slack',
    ])
  })

  test('takes no secret itself, only the name of its variable', () => {
    const inline = problemsOf(
      `${head}slack: { tokenFrom: xoxb-1-2-abc, signingSecretFrom: S }\nchannels: {}\n`,
    )
    expect(inline).toEqual([
      expect.stringMatching(/^slack\.tokenFrom: .*the name of an environment variable/),
    ])
  })

  test('has safe defaults', () => {
    const parsed = parseSettings(`${head}channels: {}\n`)
    expect(parsed).toMatchObject({
      ok: true,
      settings: { routes: [], reminders: { approval: 4 * 3_600_000, needsHuman: 600_000 } },
    })
  })
})
