import type { Command } from 'commander'
import { createProgram } from '../../cli/program.ts'

/** `--help` of every command, as the command line prints it at 100 columns. */
export function renderCommands(): string {
  const program = createProgram(() => {})
  const groups = new Map<string, Command[]>()
  for (const command of program.commands) {
    const group = command.helpGroup().replace(/:$/, '') || 'Others'
    groups.set(group, [...(groups.get(group) ?? []), command])
  }
  const intro = [
    '# Every command',
    'What `sluice COMMAND --help` says. Exit codes, environment and watching: [the command line](../cli.md).',
    block(helpOf(program)),
  ]
  const parts = [...groups].flatMap(([group, commands]) => [
    `## ${group}`,
    ...commands.flatMap((command) => [`### sluice ${command.name()}`, block(helpOf(command))]),
  ])
  return `${[...intro, ...parts].join('\n\n')}\n`
}

function helpOf(command: Command): string {
  let text = ''
  command.configureOutput({
    writeOut: (part) => (text += part),
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  })
  command.outputHelp()
  return text.trimEnd()
}

const block = (text: string): string => `\`\`\`text\n${text}\n\`\`\``
