import { writeFile } from 'node:fs/promises'
import { writeStarter } from '../../rollout/document/starter.ts'
import { exitCodes } from '../../rollout/outcome.ts'
import { CliFailure } from '../failure.ts'
import { collect, type InitOptions } from '../init/collect.ts'
import { openQuestions } from '../init/questions.ts'
import { readServingEndpoint } from '../init/read-endpoint.ts'
import { openTerminal } from '../terminal.ts'

interface Options extends InitOptions {
  readonly fromEndpoint?: string
  readonly region?: string
  readonly force?: boolean
}

/** Writes a commented document to begin with: from an endpoint that serves already, from options, and from a few questions. */
export async function init(file: string, options: Options): Promise<number> {
  const terminal = openTerminal()
  const serving =
    options.fromEndpoint === undefined
      ? undefined
      : await readServingEndpoint(options.fromEndpoint, options.region)
  const questions = process.stdin.isTTY ? openQuestions() : undefined
  try {
    const text = writeStarter(await collect(options, serving, questions))
    if (file === '-') terminal.out(text.trimEnd())
    else {
      await write(file, text, options.force === true)
      terminal.note(`wrote ${file}\nnext: sluice lint ${file} && sluice plan ${file}`)
    }
    return exitCodes.fine
  } finally {
    questions?.close()
  }
}

async function write(file: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(file, text, { flag: force ? 'w' : 'wx' })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EEXIST')
      throw new CliFailure(exitCodes.usage, `${file} is there already.`, {
        cure: 'Name another file, - for stdout, or --force to write over it.',
      })
    throw new CliFailure(exitCodes.usage, `${file}: ${message}`)
  }
}
