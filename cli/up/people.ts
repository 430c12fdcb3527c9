import { localIdentity, type Auth } from '../../api/auth/authenticate.ts'
import { createToken } from '../../api/auth/tokens.ts'

/** Who there is on a local server: whoever has no token, somebody who starts rollouts, and somebody who may approve them. */
export interface People {
  readonly auth: Auth
  /** Tokens, made anew at every start. */
  readonly tokens: { readonly zoe: string; readonly mia: string }
}

export function inventPeople(): People {
  const zoe = createToken('zoe', ['operator'], ['ml-engineers'])
  const mia = createToken('mia', ['approver'], ['ml-leads'])
  return {
    auth: { tokens: [zoe.entry, mia.entry], local: localIdentity },
    tokens: { zoe: zoe.token, mia: mia.token },
  }
}
