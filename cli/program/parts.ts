import type { Command } from 'commander'
import { defaultServer } from '../client.ts'

/** What carries a command out, with the arguments and options of commander; gives the exit code. */
export type Run = (...args: never[]) => number | Promise<number>

/** Makes an action of a command that is loaded when it runs, so that help and lint come at once. */
export type Runner = (load: () => Promise<Run>) => (...args: unknown[]) => Promise<void>

/** The options of what asks a server. */
export function remote(command: Command): Command {
  return json(command)
    .option('--server <url>', `of the API; else SLUICE_SERVER, else ${defaultServer}`)
    .option('--token <token>', 'credential; better in SLUICE_TOKEN, which `ps` does not show')
}

/** The option of what can answer in JSON. */
export function json(command: Command): Command {
  return command.option('--json', 'JSON instead of text, one value a line')
}

/** Of an option that may be repeated. */
export function collect(value: string, all: readonly string[]): readonly string[] {
  return [...all, value]
}

/** What stands under a command's help. */
export function examples(...lines: readonly string[]): string {
  return after(['Examples:', ...lines.map((line) => `  $ ${line}`)])
}

/** Lines under a help. */
export function after(lines: readonly string[]): string {
  return `\n${lines.join('\n')}`
}
