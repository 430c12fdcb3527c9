import { WorkflowFailedError, WorkflowNotFoundError, type Client } from '@temporalio/client'
import { fail } from '../failure.ts'
import { rolloutHandle } from '../ask-rollout.ts'

/** What an undo goes by, of the rollout that it undoes; both by target key. */
export interface Undoing {
  /** The config that served before. */
  readonly restore: Readonly<Record<string, string>>
  /** The model that it committed. */
  readonly committed: Readonly<Record<string, string>>
}

type Ended = Undoing & { readonly outcome: string }

/** Where an undo goes back to. Throws Refused for a rollout that is running, unknown, or changed nothing for good. */
export async function readRestore(temporal: Client, rolloutId: string): Promise<Undoing> {
  const handle = rolloutHandle(temporal, rolloutId)
  try {
    const { status } = await handle.describe()
    if (status.name === 'RUNNING' || status.name === 'PAUSED' || status.name === 'CONTINUED_AS_NEW')
      throw fail('Refused', `Rollout ${rolloutId} has not ended. Undo it itself: sluice undo ${rolloutId}`)
    const { outcome, restore, committed } = (await handle.result()) as Ended
    if (Object.keys(restore ?? {}).length > 0) return { restore, committed }
    throw fail(
      'Refused',
      `Rollout ${rolloutId} ended ${outcome} and left nothing to undo: its targets had no earlier config (first deployment), or went back to it.`,
    )
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) {
      throw fail(
        'Refused',
        `Temporal does not know rollout ${rolloutId} (any more). Start a rollout of the previous model package instead.`,
      )
    }
    if (error instanceof WorkflowFailedError)
      throw fail(
        'Refused',
        `Rollout ${rolloutId} broke off and does not say what served before it. Start a rollout of the previous model package instead.`,
      )
    throw error
  }
}
