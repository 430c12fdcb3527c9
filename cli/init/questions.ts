import { createInterface } from 'node:readline'
import { exitCodes } from '../../rollout/outcome.ts'
import { CliFailure } from '../failure.ts'

/** Asks people one thing after another. */
export interface Questions {
  /**
   * The answer, or `suggested` for an empty line; asked again until `refuse` has nothing against it.
   * @throws CliFailure when the input ends
   */
  ask(question: string, suggested: string, refuse?: (answer: string) => string | undefined): Promise<string>
  close(): void
}

/** Questions on a terminal: asked on stderr, so that stdout is the document's. */
export function openQuestions(
  input: NodeJS.ReadableStream = process.stdin,
  output: NodeJS.WritableStream = process.stderr,
): Questions {
  const reader = createInterface({ input, output })
  // Keeps lines that come before their question, as from a pipe or from fast fingers.
  const lines = reader[Symbol.asyncIterator]()
  return {
    async ask(question, suggested, refuse = () => undefined) {
      for (;;) {
        reader.setPrompt(`${question}${suggested === '' ? '' : ` [${suggested}]`}: `)
        reader.prompt()
        const line = await lines.next()
        if (line.done)
          throw new CliFailure(exitCodes.usage, 'The input ended before everything was answered.')
        const given = line.value.trim()
        const answer = given === '' ? suggested : given
        const reason = refuse(answer)
        if (reason === undefined) return answer
        output.write(`  ${reason}\n`)
      }
    },
    close: () => reader.close(),
  }
}
