/** One statement of an IAM policy; always `Allow`. */
export interface Statement {
  readonly Sid: string
  readonly Effect: 'Allow'
  readonly Action: readonly string[]
  readonly Resource: readonly string[]
  readonly Condition?: Condition
}

export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>

/** What one role may do, for one plan. */
export interface RolePolicy {
  readonly accountId: string
  /** ARN of the role; null for the worker's own identity. */
  readonly role: string | null
  readonly policy: { readonly Version: '2012-10-17'; readonly Statement: readonly Statement[] }
  /** Actions that a rollout without trouble does not use, and when they are. */
  readonly seldom: readonly { readonly action: string; readonly when: string }[]
}

/** A need of one role, before the needs of a role are put together. */
export interface Grant {
  readonly accountId: string
  readonly role: string | null
  readonly sid: string
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  readonly condition?: Condition
}
