import { ConfigError } from './environment.ts'

/** One key of AES-256, and the name under which payloads say that it was used. */
export interface PayloadKey {
  readonly id: string
  /** 32 bytes. */
  readonly secret: Buffer
}

/** What encrypts now, and everything that may decrypt. */
export interface PayloadKeys {
  readonly current: PayloadKey
  /** The current one first. */
  readonly all: readonly PayloadKey[]
}

const form =
  'must be `<id>:<32 bytes in base64>`; make one with: echo "$(date +%Y-%m):$(openssl rand -base64 32)"'

/**
 * Reads `SLUICE_PAYLOAD_KEY` (`2026-11:…`) and `SLUICE_PAYLOAD_OLD_KEYS` (the same, with commas between). Undefined when
 * there is none: histories are then readable for whoever may read the namespace.
 * @throws ConfigError, which never repeats a key
 */
export function readPayloadKeys(env: NodeJS.ProcessEnv = process.env): PayloadKeys | undefined {
  const { SLUICE_PAYLOAD_KEY = '', SLUICE_PAYLOAD_OLD_KEYS = '' } = env
  const old = SLUICE_PAYLOAD_OLD_KEYS.split(',').filter((text) => text.trim() !== '')
  if (SLUICE_PAYLOAD_KEY === '') {
    if (old.length === 0) return undefined
    throw new ConfigError(['SLUICE_PAYLOAD_KEY: must be set when SLUICE_PAYLOAD_OLD_KEYS is'])
  }
  const problems: string[] = []
  const read = (text: string, variable: string): PayloadKey => {
    const [id = '', secret = '', ...rest] = text.trim().split(':')
    const bytes = Buffer.from(secret, 'base64')
    const sound =
      /^[\w.-]{1,64}$/.test(id) && rest.length === 0 && /^[\w+/-]{43}=?$/.test(secret) && bytes.length === 32
    if (!sound) problems.push(`${variable}: ${form}`)
    return { id, secret: bytes }
  }
  const current = read(SLUICE_PAYLOAD_KEY, 'SLUICE_PAYLOAD_KEY')
  const all = [current, ...old.map((text) => read(text, 'SLUICE_PAYLOAD_OLD_KEYS'))]
  if (new Set(all.map(({ id }) => id)).size < all.length) {
    problems.push('SLUICE_PAYLOAD_OLD_KEYS: must name every key by an id of its own')
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return { current, all }
}
