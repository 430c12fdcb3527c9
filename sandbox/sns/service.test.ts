import { PublishCommand, SNSClient } from '@aws-sdk/client-sns'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSandbox, type Sandbox } from '../start.ts'
import { topicArn } from './state.ts'

const account = '111111111111'
let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({
    seed: {
      topics: ['plain', 'ordered.fifo'].map((name) => ({ account, region: 'eu-west-1', name })),
    },
  })
})
afterAll(() => sandbox.close())

const client = (id = account, region = 'eu-west-1') =>
  new SNSClient({
    endpoint: sandbox.url,
    region,
    credentials: { accessKeyId: `AKIA${id}`, secretAccessKey: 'any' },
    maxAttempts: 1,
  })
const plain = topicArn(account, 'eu-west-1', 'plain')
const ordered = topicArn(account, 'eu-west-1', 'ordered.fifo')

describe('the simulated SNS', () => {
  test('keeps what is published to a topic, with its attributes', async () => {
    await client().send(
      new PublishCommand({
        TopicArn: plain,
        Message: '{"a":1}',
        Subject: 'hello',
        MessageAttributes: {
          event: { DataType: 'String', StringValue: 'started' },
          model: { DataType: 'String', StringValue: 'fraud' },
        },
      }),
    )
    const state = (await (await fetch(`${sandbox.url}/_sandbox/state?part=topics`)).json()) as {
      topics: { arn: string; published: unknown[] }[]
    }
    expect(state.topics.find(({ arn }) => arn === plain)?.published).toMatchObject([
      { message: '{"a":1}', subject: 'hello', attributes: { event: 'started', model: 'fraud' } },
    ])
  })

  test('takes a message of a FIFO topic once', async () => {
    const send = () =>
      client().send(
        new PublishCommand({
          TopicArn: ordered,
          Message: 'x',
          MessageGroupId: 'g',
          MessageDeduplicationId: 'd-1',
        }),
      )
    expect((await send()).MessageId).toBe((await send()).MessageId)
  })

  test.each([
    ['NotFound', { TopicArn: topicArn(account, 'eu-west-1', 'none') }],
    ['InvalidParameter', { TopicArn: topicArn(account, 'us-east-1', 'plain') }],
    ['InvalidParameter', { Subject: 'two\nlines' }],
    ['InvalidParameter', { Subject: 'x'.repeat(101) }],
    ['InvalidParameter', { Message: 'x'.repeat(300_000) }],
    ['InvalidParameter', { TopicArn: ordered }],
    ['InvalidParameter', { TopicArn: ordered, MessageGroupId: 'g' }],
  ])('refuses with %s: %j', async (name, wrong) => {
    const sent = client().send(new PublishCommand({ TopicArn: plain, Message: 'x', ...wrong }))
    await expect(sent).rejects.toMatchObject({
      name: expect.stringMatching(new RegExp(`^${name}`)) as string,
    })
  })

  test('lets no other account publish', async () => {
    const sent = client('222222222222').send(new PublishCommand({ TopicArn: plain, Message: 'x' }))
    await expect(sent).rejects.toMatchObject({ name: expect.stringMatching(/^AuthorizationError/) as string })
  })
})
