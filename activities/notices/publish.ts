import { createHash } from 'node:crypto'
import { PublishCommand } from '@aws-sdk/client-sns'
import type { Notice } from '../../rollout/notices/types.ts'
import { permanentFailures } from '../../rollout/failure.ts'
import type { Aws } from '../aws/clients.ts'
import { toFailure } from '../aws/errors.ts'
import { fail, isFailure } from '../failure.ts'

/** A topic of the notifications file. */
export interface TopicPlace {
  readonly topic: string
  readonly role?: string | undefined
  readonly externalId?: string | undefined
}

/**
 * Publishes a notice: its JSON as message, with the attributes `event`, `model` and `id` for filter policies. A FIFO topic
 * drops what it has seen, by the notice's id; a standard one may get it twice.
 */
export async function publishNotice(
  aws: Aws,
  notice: Notice,
  { topic, role, externalId }: TopicPlace,
): Promise<void> {
  const [, , , region = '', accountId = ''] = topic.split(':')
  const place = {
    accountId,
    region,
    ...(role === undefined ? {} : { role }),
    ...(externalId === undefined ? {} : { externalId }),
  }
  const text = (value: string) => ({ DataType: 'String', StringValue: value })
  const command = new PublishCommand({
    TopicArn: topic,
    Subject: subjectOf(notice),
    Message: JSON.stringify(notice),
    MessageAttributes: {
      event: text(notice.event),
      model: text(notice.rollout.name),
      id: text(notice.id),
    },
    ...(topic.endsWith('.fifo') && {
      MessageGroupId: notice.rollout.id,
      MessageDeduplicationId: createHash('sha256').update(notice.id).digest('hex'),
    }),
  })
  try {
    await aws.sns(place, notice.rollout.id).send(command)
  } catch (error) {
    // What a rollout would stop for (no permission, no topic) may be mended while a notice is tried again.
    const failure = toFailure(error, { service: 'SNS', operation: 'Publish', place })
    throw isFailure(failure, ...permanentFailures) ? fail('Transient', failure.message) : failure
  }
}

/** SNS takes printable ASCII below 100 characters, and mails have it as their subject. */
function subjectOf({ event, rollout: { title } }: Notice): string {
  return `${title}: ${event}`.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 99)
}
