import tab from '@bomb.sh/tab/commander'
import type { Command } from 'commander'

/**
 * Adds `completion SHELL`, which prints the script that a shell sources, and the hidden `complete` that the script asks.
 * Both know only what the program itself says; nothing is asked of a server.
 */
export function addCompletion(program: Command): void {
  tab(program, { completionCommandName: 'completion' })
  const command = program.commands.find((one) => one.name() === 'completion')
  command
    ?.helpGroup('Everything on this machine:')
    .summary('print the completion script of a shell')
    .description('Prints the script that lets a shell complete commands and options.')
    .addHelpText(
      'after',
      [
        '',
        'Once for this shell:',
        '  $ source <(sluice completion bash)            # or zsh',
        '  $ sluice completion fish | source',
        'For good: put that line into ~/.bashrc, ~/.zshrc or ~/.config/fish/config.fish.',
      ].join('\n'),
    )
}
