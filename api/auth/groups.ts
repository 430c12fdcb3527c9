import { z } from 'zod'

/** A group as documents (`approval.from`) and role mappings name it: `ml-leads`, or an issuer's own id. */
export const groupName = z
  .string()
  .regex(/^(?!\*$)[^\p{C}]{1,256}$/u, 'must be 1 to 256 printable characters, and not *')
