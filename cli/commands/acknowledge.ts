import { randomUUID } from 'node:crypto'
import { exitCodes } from '../../rollout/outcome.ts'
import { connect, type RemoteOptions } from './context.ts'

/** Says that somebody takes care of what needs a person. */
export async function acknowledge(
  id: string,
  { comment, ...options }: RemoteOptions & { readonly comment?: string },
): Promise<number> {
  const { client, terminal, json } = connect(options)
  const answer = await client.acknowledge(id, {
    decisionId: randomUUID(),
    ...(comment === undefined ? {} : { comment }),
  })
  if (json) terminal.json(answer)
  else terminal.out(answer.message)
  return exitCodes.fine
}
