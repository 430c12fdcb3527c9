import { z } from 'zod'
import { outcomes, phases } from '../../rollout/phases.ts'
import { filterText } from '../temporal/visibility.ts'

/** What requests may carry beside a document; the OpenAPI description is made of these same schemas. */

const name = z.string().regex(filterText, 'must be 1 to 200 of letters, digits and . / - _')

const pageSize = 'must be a number from 1 to 100'

export const rolloutId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,99}$/, 'must be the id of a rollout, such as fraud-scorer-38-x7k2p9ab')

export const listQuery = z.strictObject({
  model: name.optional().describe('`name` of the document'),
  phase: z.enum(phases).optional(),
  outcome: z.enum(outcomes).optional(),
  target: name.optional().describe('<account id>/<region>/<endpoint>'),
  limit: z.coerce.number(pageSize).int(pageSize).min(1, pageSize).max(100, pageSize).default(20),
  cursor: z
    .string()
    .regex(/^[0-9a-f]{8}\.[\w-]{1,4000}$/, 'must be `next` of the page before')
    .optional(),
})

export const planQuery = z.strictObject({
  iam: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe('Adds `iam`: the least that each role must be allowed for this plan.'),
})

export const verbBody = z.strictObject({
  comment: z
    .string()
    .max(2_000)
    .regex(/^([\n\r\t]|\P{Cc})*$/u, 'must be text: line breaks and tabs, but no other control characters')
    .optional()
    .describe('Kept with the decision.'),
  gate: z
    .string()
    .regex(/^[^\p{Cc}]{1,200}$/u, 'must be the name of a gate')
    .optional()
    .describe('The gate that is meant; without it the one that is open.'),
  decisionId: z
    .string()
    .regex(/^[\w.:-]{1,100}$/, 'must be 1 to 100 of letters, digits and . : - _')
    .optional()
    .describe('The same verb sent twice with it is one decision. Made by the server when left out.'),
})

export const acknowledgeBody = verbBody
  .omit({ gate: true, comment: true })
  .extend({ comment: verbBody.shape.comment.describe('Kept with who acknowledged and when.') })

export const targetParams = z.strictObject({
  account: z.string().regex(/^\d{12}$/, 'must be an account id of 12 digits'),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a Region such as eu-west-1'),
  endpoint: z.string().regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/, 'must be the name of an endpoint'),
})

export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 visible ASCII characters')
