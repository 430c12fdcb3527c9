/** Where a rollout is. Always shown with a message that says what it waits for and since when. */
export type Phase =
  | 'Queued'
  | 'Preflight'
  | 'Promoting'
  | 'Replicating'
  | 'Staging'
  | 'AwaitingApproval'
  | 'Preparing'
  | 'Shifting'
  | 'Baking'
  | 'AwaitingDecision'
  | 'Paused'
  | 'Held'
  | 'Promoted'
  | 'Committing'
  | 'Reverting'
  | 'NeedsHuman'
  | 'Ended'

export type StepState = 'Pending' | 'Running' | 'Waiting' | 'Passed' | 'Failed' | 'Skipped' | 'Reverted'

export type Outcome =
  | 'Succeeded'
  | 'RolledBack'
  | 'Rejected'
  | 'Aborted'
  | 'Superseded'
  | 'Partial'
  | 'Conflict'
  | 'Failed'
  | 'NeedsHuman'

export type VerdictResult = 'Pass' | 'Fail' | 'Inconclusive' | 'Error'

/** What people can tell a rollout to do. */
export type Verb =
  'approve' | 'reject' | 'pause' | 'resume' | 'promote' | 'promoteFull' | 'abort' | 'retry' | 'undo'

export const verbs: readonly Verb[] = [
  'approve',
  'reject',
  'pause',
  'resume',
  'promote',
  'promoteFull',
  'abort',
  'retry',
  'undo',
]

export const phases: readonly Phase[] = [
  'Queued',
  'Preflight',
  'Promoting',
  'Replicating',
  'Staging',
  'AwaitingApproval',
  'Preparing',
  'Shifting',
  'Baking',
  'AwaitingDecision',
  'Paused',
  'Held',
  'Promoted',
  'Committing',
  'Reverting',
  'NeedsHuman',
  'Ended',
]

export const outcomes: readonly Outcome[] = [
  'Succeeded',
  'RolledBack',
  'Rejected',
  'Aborted',
  'Superseded',
  'Partial',
  'Conflict',
  'Failed',
  'NeedsHuman',
]
