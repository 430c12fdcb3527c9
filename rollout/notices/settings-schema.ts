import { z } from 'zod'
import { choice, duration, minute, oneLine, roleArn, section, second, text, day } from '../document/fields.ts'
import { noticeEvents } from './types.ts'

const literal = (value: string) => z.literal(value, { error: `\`${value}\`` })

const variable = () =>
  text(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable that holds the secret', { max: 128 })

/** Hosts on which a secret may travel in the clear: this machine's. */
const httpUrl = () =>
  text(
    /^(https:\/\/[^\s/@]+|http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?)(\/\S*)?$/,
    'an https URL, or http on loopback, without a user in it',
    { max: 2048 },
  )

const webhook = section({
  url: httpUrl().describe('where to'),
  secretFrom: variable().describe('signs each request; at least 16 characters'),
}).describe('a signed POST of the notice as JSON')

const sns = section({
  topic: text(
    /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?$/,
    'the ARN of a topic: `arn:aws:sns:eu-west-1:111111111111:rollouts`',
    { max: 512 },
  ).describe('the topic'),
  role: roleArn().optional().describe('assumed; without one the worker’s own credentials are used'),
  externalId: text(/^[\w+=,.@:/-]+$/, 'an external id of 2 to 1224 characters', {
    min: 2,
    max: 1224,
  })
    .optional()
    .describe('where the trust policy of `role` asks for one'),
}).describe('an Amazon SNS topic, in the Region of its ARN')

const slackChannel = section({
  channel: text(/^[CG][A-Z0-9]{5,20}$/, 'the id of a channel: `C0123456789`', { max: 24 }).describe(
    'which one',
  ),
}).describe('one message a rollout, kept up to date, with a thread')

const channel = section(
  { webhook: webhook.optional(), sns: sns.optional(), slack: slackChannel.optional() },
  'a section with one of `webhook`, `sns` or `slack`',
).refine((kinds) => Object.values(kinds).filter(Boolean).length === 1, {
  error: 'exactly one of `webhook`, `sns` or `slack`',
})

const name = (what: string) =>
  text(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, `${what}: 1 to 40 of a-z, 0-9 and inner hyphens`, { max: 40 })

const route = section({
  models: z
    .array(text(/^[a-z0-9*]([a-z0-9*-]*[a-z0-9*])?$/, 'the name of a document, `*` for any part of it'), {
      error: 'a list of names',
    })
    .min(1, { error: 'at least one name' })
    .optional()
    .describe('`name` of the documents; without it every model'),
  events: z
    .array(choice(noticeEvents), { error: 'a list of events' })
    .min(1, { error: 'at least one event' })
    .optional()
    .describe('without it every event'),
  to: z
    .array(name('the name of one of `channels`'), { error: 'a list of names' })
    .min(1, { error: 'at least one of `channels`' })
    .describe('each gets a notice once, however many routes lead there'),
})

const slackUser = section({
  name: text(/^[\w.@+-]{1,64}$/, '1 to 64 of letters, digits and . @ + - _, as in the credentials file', {
    max: 64,
  }).describe('who it is'),
  roles: z
    .array(choice(['viewer', 'operator', 'approver']), { error: 'a list of roles' })
    .min(1, { error: 'at least one of viewer, operator, approver' })
    .describe('what they may do'),
  groups: z
    .array(oneLine(100), { error: 'a list of groups' })
    .default([])
    .describe('that documents may name in `from`'),
})

const slack = section({
  tokenFrom: variable().describe('bot token, `xoxb-…`'),
  signingSecretFrom: variable().describe('signing secret of the app'),
  apiUrl: httpUrl().optional().describe('of Slack’s Web API; default https://slack.com/api/'),
  users: z
    .record(text(/^[UW][A-Z0-9]{2,20}$/, 'the id of a Slack member: `U0123456789`', { max: 24 }), slackUser, {
      error: 'people by the id of their Slack member',
    })
    .default({})
    .describe('who may decide from Slack, and as whom; whoever is not listed can decide nothing'),
}).describe('the Slack app')

/** The written form of `SLUICE_NOTIFY_FILE`. */
export const settingsSchema = section(
  {
    $schema: z.string({ error: 'a URL' }).optional().describe('for editors'),
    apiVersion: literal('sluice/v1').describe('the form of this file'),
    kind: literal('Notifications').describe('what it is'),
    slack: slack.optional(),
    channels: z
      .record(name('a name of your own'), channel, { error: 'channels by a name of your own' })
      .describe('where notices can go'),
    routes: z
      .array(route, { error: 'a list of routes' })
      .default([])
      .describe('which notices go where; `needs-human` goes to every channel, whatever stands here'),
    reminders: section({
      approval: duration(minute, 7 * day)
        .default('4h')
        .describe('while a gate waits'),
      needsHuman: duration(30 * second, day)
        .default('10m')
        .describe('until somebody acknowledges'),
    })
      .default({ approval: '4h', needsHuman: '10m' })
      .describe('how often somebody is reminded'),
  },
  'a document with apiVersion, kind and channels',
)

export type WrittenSettings = z.output<typeof settingsSchema>
