import type { Document } from '../../rollout/document/types.ts'
import { readDocumentFile } from '../document-file.ts'
import { CliFailure } from '../failure.ts'
import { exitCodes } from '../../rollout/outcome.ts'
import { openTerminal } from '../terminal.ts'

/** Checks documents without a server. All of them, whatever is wrong with the first. */
export async function lint(
  files: readonly string[],
  { json = false }: { readonly json?: boolean },
): Promise<number> {
  const terminal = openTerminal()
  let wrong = 0
  for (const file of files) {
    try {
      const { document } = await readDocumentFile(file)
      if (json) terminal.json({ file, ok: true, document })
      else terminal.out(`${file}: fine (${document.name}, ${countTargets(document)})`)
    } catch (error) {
      if (!(error instanceof CliFailure)) throw error
      wrong += 1
      if (json) terminal.json({ file, ok: false, ...(error.problem as object | undefined) })
      else terminal.note(error.message)
    }
  }
  return wrong > 0 ? exitCodes.usage : exitCodes.fine
}

function countTargets({ production }: Document): string {
  const count = production.waves.flat().length
  return `${count} ${count === 1 ? 'target' : 'targets'}`
}
