import type { Outcome } from '../../rollout/phases.ts'
import { brief } from '../activities.ts'
import { problemOf } from '../problem.ts'
import type { RolloutRun } from './run.ts'

/** What a rollout leaves behind in Temporal. */
export interface RolloutResult {
  readonly outcome: Outcome
  readonly reason: string
  /** By target key the config that `undo` goes back to. */
  readonly restore: Readonly<Record<string, string>>
  /** By target key the model that serves since: while it does, `undo` takes off nobody else's. */
  readonly committed: Readonly<Record<string, string>>
  /** Where the record was written. */
  readonly record?: string
}

/** Ends the rollout: the outcome, and the record that outlives Temporal's retention. */
export async function finish(
  run: RolloutRun,
  { outcome, reason }: { readonly outcome: Outcome; readonly reason: string },
): Promise<RolloutResult> {
  const { state } = run
  const restore: Record<string, string> = {}
  const committed: Record<string, string> = {}
  for (const key of run.fleet.keys()) {
    const ended = await run.fleet.ended(key)
    if (ended === undefined || ended === 'lost' || ended.previousConfig === undefined) continue
    restore[key] = ended.previousConfig
    committed[key] = run.planned(key).names.model
  }
  state.instruct([])
  state.end(outcome, reason)
  const record = await writeRecord(run)
  return { outcome, reason, restore, committed, ...(record === undefined ? {} : { record }) }
}

async function writeRecord(run: RolloutRun): Promise<string | undefined> {
  const { input, state } = run
  const { record } = input.document
  if (!record) return undefined
  const account = input.document.accounts[record.account]
  if (!account) return undefined
  const step = state.stepStates().find((one) => one.kind === 'record')
  if (step) state.mark(step.id, 'Passed')
  try {
    const { uri } = await brief(run.clock, 'write the record').writeRecord({
      rolloutId: input.rolloutId,
      place: {
        accountId: account.id,
        region: run.source.place.region,
        ...(account.role === undefined ? {} : { role: account.role }),
        ...(account.externalId === undefined ? {} : { externalId: account.externalId }),
      },
      to: record.to,
    })
    state.note('note', `the record is at ${uri}`)
    return uri
  } catch (error) {
    const { message } = problemOf(error)
    if (step) state.mark(step.id, 'Failed', message)
    state.note('note', `the record could not be written: ${message}`)
    return undefined
  }
}
