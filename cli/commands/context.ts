import { createClient, defaultServer, type SluiceClient } from '../client.ts'
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
    server: server ?? (env.SLUICE_SERVER || defaultServer),
    ...(credential === undefined ? {} : { token: credential }),
  })
  return { client, terminal: openTerminal(), json }
}
