import { exitCodes } from '../../rollout/outcome.ts'
import { readDocumentFile } from '../document-file.ts'
import { writePlan } from '../write-plan.ts'
import { connect, type RemoteOptions } from './context.ts'

/** Shows what a rollout would do, and everything that speaks against it. */
export async function plan(file: string, options: RemoteOptions): Promise<number> {
  const { text } = await readDocumentFile(file)
  const { client, terminal, json } = connect(options)
  const planned = await client.plan(text)
  if (json) terminal.json(planned)
  else for (const line of writePlan(planned, terminal.colors)) terminal.out(line)
  return planned.findings.some(({ severity }) => severity === 'error') ? exitCodes.failed : exitCodes.fine
}
