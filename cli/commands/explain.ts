import { explain as explainView } from '../../rollout/explain.ts'
import { exitCodes } from '../../rollout/outcome.ts'
import { connect, type RemoteOptions } from './context.ts'

/** Which alarm, measurement or person decided, with the numbers. */
export async function explain(id: string, options: RemoteOptions): Promise<number> {
  const { client, terminal, json } = connect(options)
  const rollout = await client.get(id)
  const lines = rollout.stale ? [rollout.summary, rollout.staleBecause] : explainView(rollout)
  if (json)
    terminal.json({
      id,
      stale: rollout.stale,
      explanation: lines,
      ...(rollout.stale ? {} : { verdict: rollout.verdict ?? null }),
    })
  else for (const line of lines) terminal.out(line)
  return exitCodes.fine
}
