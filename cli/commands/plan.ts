import { exitCodes } from '../../rollout/outcome.ts'
import type { Plan } from '../../rollout/plan/types.ts'
import { readDocumentFile } from '../document-file.ts'
import { writeIam } from '../write-iam.ts'
import { writePlan } from '../write-plan.ts'
import { connect, type RemoteOptions } from './context.ts'

/** Shows what a rollout would do, and everything that speaks against it; or what its roles must be allowed. */
export async function plan(
  file: string,
  options: RemoteOptions & { readonly iam?: boolean },
): Promise<number> {
  const { text } = await readDocumentFile(file)
  const { client, terminal, json } = connect(options)
  if (options.iam) {
    const planned = await client.planWithIam(text)
    if (json) terminal.json(planned.iam)
    else for (const line of writeIam(planned.iam)) terminal.out(line)
    return exitCodeOf(planned)
  }
  const planned = await client.plan(text)
  if (json) terminal.json(planned)
  else for (const line of writePlan(planned, terminal.colors)) terminal.out(line)
  return exitCodeOf(planned)
}

function exitCodeOf({ findings }: Plan): number {
  return findings.some(({ severity }) => severity === 'error') ? exitCodes.failed : exitCodes.fine
}
