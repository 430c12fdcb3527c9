import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Started, VerbAnswer } from '../../api/answers.ts'
import { exitCodes } from '../../rollout/outcome.ts'
import { verbPath } from '../../api/verb-path.ts'
import type { Verb } from '../../rollout/phases.ts'
import type { Decision, SluiceClient } from '../client.ts'
import { CliFailure } from '../failure.ts'
import { connect, type RemoteOptions } from './context.ts'

export interface DecideOptions extends RemoteOptions {
  readonly comment?: string
  readonly gate?: string
  readonly decisionId?: string
}

/** How often a decision whose outcome is unknown is sent again; it stays one decision. */
const ATTEMPTS = 4

/** Tells a rollout what you decided. */
export async function decide(verb: Verb, id: string, options: DecideOptions): Promise<number> {
  const { client, terminal, json } = connect(options)
  const { comment, gate, decisionId = randomUUID() } = options
  const answer = await sendUntilKnown(client, id, verb, { comment, gate, decisionId })
  if (json) terminal.json(answer)
  else if ('links' in answer) terminal.out(`started ${answer.id}, which undoes ${id}`)
  else terminal.out(answer.result === 'accepted' ? answer.message : `decided already: ${answer.message}`)
  return exitCodes.fine
}

async function sendUntilKnown(
  client: SluiceClient,
  id: string,
  verb: Verb,
  decision: Decision,
): Promise<VerbAnswer | Started> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await client.decide(id, verb, decision)
    } catch (error) {
      const unknown = unknownOutcome(error)
      if (!unknown) throw error
      if (unknown.left || attempt === ATTEMPTS) throw stillUnknown(error as CliFailure, id, verb, decision)
      await sleep(1_000)
    }
  }
}

function unknownOutcome(error: unknown): { readonly left?: boolean } | undefined {
  const problem =
    error instanceof CliFailure ? (error.problem as { type?: string; left?: boolean } | undefined) : undefined
  return problem?.type === 'urn:sluice:problem:outcome-unknown' ? problem : undefined
}

function stillUnknown(error: CliFailure, id: string, verb: Verb, { decisionId }: Decision): CliFailure {
  return new CliFailure(exitCodes.timedOut, error.message, {
    cure: `Look with \`sluice get ${id}\`, or send the same decision again: sluice ${verbPath(verb)} ${id} --decision-id ${decisionId}`,
    problem: error.problem,
  })
}
