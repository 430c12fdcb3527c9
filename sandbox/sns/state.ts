import type { World } from '../core/types.ts'

/** One message as it was published. */
export interface Published {
  readonly messageId: string
  readonly message: string
  readonly subject?: string
  readonly attributes: Readonly<Record<string, string>>
  readonly group?: string
  readonly deduplication?: string
  /** Epoch milliseconds. */
  readonly at: number
}

export interface Topic {
  readonly arn: string
  readonly published: Published[]
}

/** The topics of one account and Region, by ARN. */
export interface SnsState {
  readonly topics: Map<string, Topic>
}

export const snsState = (world: World, accountId: string, region: string): SnsState =>
  world.state('sns', accountId, region, () => ({ topics: new Map() }))

export const topicArn = (accountId: string, region: string, name: string): string =>
  `arn:aws:sns:${region}:${accountId}:${name}`
