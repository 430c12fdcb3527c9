import { randomUUID } from 'node:crypto'
import { AwsError, type Call, type Service, type World } from '../core/types.ts'
import { snsState, topicArn, type Published, type SnsState } from './state.ts'

interface PublishInput {
  readonly TopicArn?: string
  readonly Message: string
  readonly Subject?: string
  readonly MessageAttributes?: Readonly<Record<string, { readonly StringValue?: string }>>
  readonly MessageGroupId?: string
  readonly MessageDeduplicationId?: string
}

/** A topic to have, as a seed names it. */
interface TopicSeed {
  readonly account: string
  readonly region: string
  readonly name: string
}

const MOST_BYTES = 256 * 1024
const DEDUPLICATION_MS = 5 * 60_000

const invalid = (message: string) => new AwsError('InvalidParameter', `Invalid parameter: ${message}`, 400)

/** `Publish` to a topic of the caller's own account; https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const publish = (call: Call, input: PublishInput) => {
  const { TopicArn: arn, Message: message, Subject: subject } = input
  const [, , service, region, accountId, name = ''] = (arn ?? '').split(':')
  if (service !== 'sns' || region !== call.region || name === '') throw invalid('TopicArn')
  if (accountId !== call.accountId) {
    throw new AwsError(
      'AuthorizationError',
      `User: ${call.principal.arn} is not authorized to perform: SNS:Publish on resource: ${arn}`,
      403,
    )
  }
  const topic = snsState(call.world, accountId, region).topics.get(arn ?? '')
  if (!topic) throw new AwsError('NotFound', 'Topic does not exist', 404)
  if (message === '') throw invalid('Empty message')
  if (Buffer.byteLength(message) > MOST_BYTES) throw invalid('Message too long')
  // ASCII that begins with a letter, number or punctuation, without line breaks and control characters, below 100.
  if (subject !== undefined && !/^[\x21-\x7e][\x20-\x7e]{0,98}$/.test(subject)) throw invalid('Subject')
  const { MessageGroupId: group, MessageDeduplicationId: deduplication } = input
  const fifo = name.endsWith('.fifo')
  if (fifo && group === undefined) throw invalid('The MessageGroupId parameter is required for FIFO topics')
  if (fifo && deduplication === undefined) {
    throw invalid(
      'The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    )
  }
  const now = Date.now()
  const twin = topic.published.find(
    (one) => fifo && one.deduplication === deduplication && one.at > now - DEDUPLICATION_MS,
  )
  if (twin) return { MessageId: twin.messageId }
  const published: Published = {
    messageId: randomUUID(),
    message,
    attributes: Object.fromEntries(
      Object.entries(input.MessageAttributes ?? {}).map(([key, value]) => [key, value.StringValue ?? '']),
    ),
    at: now,
    ...(subject === undefined ? {} : { subject }),
    ...(group === undefined ? {} : { group }),
    ...(deduplication === undefined ? {} : { deduplication }),
  }
  topic.published.push(published)
  return { MessageId: published.messageId }
}

/** The simulated SNS: topics that keep what was published to them. */
export const sns: Service = {
  service: 'sns',
  operations: { Publish: publish },
  seeds: {
    topics: (world: World, all: readonly TopicSeed[]) => {
      for (const { account, region, name } of all) {
        const arn = topicArn(account, region, name)
        snsState(world, account, region).topics.set(arn, { arn, published: [] })
      }
    },
  },
  dumps: {
    topics: (world) =>
      world
        .states<SnsState>('sns')
        .flatMap(({ accountId, region, state }) =>
          [...state.topics.values()].map(({ arn, published }) => ({ accountId, region, arn, published })),
        ),
  },
}
