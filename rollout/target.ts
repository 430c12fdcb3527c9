/** Where something is: an account, how to get into it, and a Region. Activities get one and never credentials. */
export interface Place {
  readonly accountId: string
  readonly region: string
  readonly role?: string
  readonly externalId?: string
}

/** One SageMaker endpoint in one account and Region. */
export interface Target extends Place {
  readonly key: string
  /** The document's name for the account. */
  readonly account: string
  readonly endpoint: string
}

/** `222222222222/eu-west-1/fraud-scorer`: the target's name in state, titles and lock ids. */
export function targetKey(accountId: string, region: string, endpoint: string): string {
  return `${accountId}/${region}/${endpoint}`
}

/** The workflow id that is the lock on a target. */
export function lockId(key: string): string {
  return `endpoint/${key}`
}
