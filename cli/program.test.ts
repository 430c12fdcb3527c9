import { CommanderError } from 'commander'
import { describe, expect, test } from 'vitest'
import { verbPath } from '../api/verb-path.ts'
import { verbs } from '../rollout/phases.ts'
import { createProgram } from './program.ts'

const program = createProgram(() => {})

/** All of a command's help, with what is written after it. */
function helpOf(name: string): string {
  const command = program.commands.find((one) => one.name() === name)
  let text = ''
  command?.configureOutput({ writeOut: (part) => (text += part) }).outputHelp()
  return text
}

describe('the help', () => {
  test.each(verbs.map(verbPath))('of %s has an example and says whether it undoes', (verb) => {
    expect(helpOf(verb)).toMatch(/undoes/i)
    expect(helpOf(verb)).toContain(`$ sluice ${verb} fraud-scorer-38-x7k2p9ab`)
  })

  test('of every verb has an example of its own', () => {
    const comments = verbs.map((verb) => /--comment "(.*)"$/m.exec(helpOf(verbPath(verb)))?.[1])
    expect(new Set(comments).size).toBe(verbs.length)
    expect(comments).not.toContain(undefined)
  })

  test.each(['plan', 'start', 'list', 'get', 'status', 'explain', 'target', ...verbs.map(verbPath)])(
    'of %s offers server, token and json',
    (name) => {
      for (const option of ['--server', '--token', '--json']) expect(helpOf(name)).toContain(option)
    },
  )

  test('of every command but the processes, and what shells ask, has an example', () => {
    const without = program.commands
      .map((one) => one.name())
      .filter((name) => !helpOf(name).includes('$ sluice'))
    expect(without).toEqual(['worker', 'api', 'complete'])
  })
})

describe('wrong usage', () => {
  test.each([
    [['list', '--colour'], /unknown option '--colour'/],
    [['start'], /missing required argument 'file'/],
    [['get', 'a', 'b'], /too many arguments/],
    [['approve', 'x', '--comment'], /argument missing/],
  ])('%j is refused with the reason', async (args, expected) => {
    let said = ''
    const quiet = createProgram(() => {})
    for (const command of [quiet, ...quiet.commands])
      command.configureOutput({ writeErr: (text) => (said += text) })
    await expect(quiet.parseAsync(['node', 'sluice', ...args])).rejects.toThrow(CommanderError)
    expect(said).toMatch(expected)
  })
})
