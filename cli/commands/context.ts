import { exitCodes } from '../../rollout/outcome.ts'
import { createClient, defaultServer, type SluiceClient } from '../client.ts'
import { CliFailure } from '../failure.ts'
import { openTerminal, type Terminal } from '../terminal.ts'

/** What every command that talks to a server can be told. */
export interface RemoteOptions {
  readonly server?: string
  readonly token?: string
  readonly json?: boolean
}

export interface Remoted {
  readonly client: SluiceClient
  readonly terminal: Terminal
  readonly json: boolean
}

/** Options before environment: `--server` or SLUICE_SERVER, `--token` or SLUICE_TOKEN. */
export function connect({ server, token, json = false }: RemoteOptions, env = process.env): Remoted {
  const credential = token ?? (env.SLUICE_TOKEN || undefined)
  const client = createClient({
    server: checkServer(server ?? (env.SLUICE_SERVER || defaultServer)),
    ...(credential === undefined ? {} : { token: checkToken(credential) }),
  })
  return { client, terminal: openTerminal(), json }
}

function checkServer(server: string): string {
  if (URL.canParse(server) && /^https?:$/.test(new URL(server).protocol)) return server
  throw new CliFailure(exitCodes.usage, `${server}: the server must be an http:// or https:// URL`, {
    cure: `Such as ${defaultServer}; --server or SLUICE_SERVER names it.`,
  })
}

/** A header cannot carry line ends; the error that fetch would throw repeats the token. */
function checkToken(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token.trim())) return token.trim()
  throw new CliFailure(exitCodes.usage, 'The token holds characters that no token has.', {
    cure: 'Give --token or SLUICE_TOKEN the whole token, on one line, without quotes.',
  })
}
