import { stringify } from 'yaml'
import { createToken } from '../../api/auth/tokens.ts'
import { exitCodes } from '../../rollout/outcome.ts'
import type { Role } from '../../rollout/roles.ts'
import { CliFailure } from '../failure.ts'
import { openTerminal } from '../terminal.ts'

export interface TokenOptions {
  readonly role: readonly string[]
  readonly group: readonly string[]
  readonly json?: boolean
}

const roles: readonly Role[] = ['viewer', 'operator', 'approver']

/** Makes a token. It is shown this once; the server's file gets only its hash. */
export function token(name: string, options: TokenOptions): number {
  if (!/^[\w.@+-]{1,64}$/.test(name)) {
    throw new CliFailure(exitCodes.usage, `${name}: must be 1 to 64 of letters, digits and . @ + - _`)
  }
  const wrong = options.role.find((role) => !roles.includes(role as Role))
  if (wrong !== undefined)
    throw new CliFailure(exitCodes.usage, `--role ${wrong}: must be one of ${roles.join(', ')}`)
  const made = createToken(name, options.role as readonly Role[], options.group)
  const terminal = openTerminal()
  if (options.json) terminal.json(made)
  else {
    terminal.note('The token, for SLUICE_TOKEN. It is shown this once:')
    terminal.out(made.token)
    terminal.note('\nThe entry for the file that the server’s SLUICE_AUTH_FILE names:')
    terminal.note(stringify({ tokens: [made.entry] }).trimEnd())
  }
  return exitCodes.fine
}
