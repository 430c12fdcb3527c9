import { readLintable } from '../document-file.ts'
import { CliFailure } from '../failure.ts'
import { exitCodes } from '../../rollout/outcome.ts'
import { openTerminal } from '../terminal.ts'

/** Checks documents and calendars without a server. All of them, whatever is wrong with the first. */
export async function lint(
  files: readonly string[],
  { json = false }: { readonly json?: boolean },
): Promise<number> {
  const terminal = openTerminal()
  let wrong = 0
  for (const file of files) {
    try {
      const { summary, content } = await readLintable(file)
      if (json) terminal.json({ file, ok: true, ...content })
      else terminal.out(`${file}: fine (${summary})`)
    } catch (error) {
      if (!(error instanceof CliFailure)) throw error
      wrong += 1
      if (json) terminal.json({ file, ok: false, ...(error.problem as object | undefined) })
      else terminal.note(error.message)
    }
  }
  return wrong > 0 ? exitCodes.usage : exitCodes.fine
}
