import { z } from 'zod'
import {
  accountId,
  accountName,
  choice,
  entityName,
  region,
  roleArn,
  s3Prefix,
  section,
  text,
} from './fields.ts'
import { endpointSchema } from './schema-endpoint.ts'
import { approvalSchema, emergencySchema, productionSchema } from './schema-production.ts'
import { stagingSchema } from './schema-staging.ts'

const literal = (value: string) => z.literal(value, { error: `\`${value}\`` })

const accounts = z
  .record(
    text(/^[a-zA-Z][a-zA-Z0-9_-]*$/, 'a name of your own: letters, digits, `-` and `_`', { max: 40 }),
    section({
      id: accountId().describe('of the AWS account'),
      role: roleArn().optional().describe('assumed; without one the worker’s own credentials are used'),
      externalId: text(/^[\w+=,.@:/-]+$/, 'an external id of 2 to 1224 characters', {
        min: 2,
        max: 1224,
      })
        .optional()
        .describe('where the trust policy of `role` asks for one'),
    }),
    { error: 'accounts by a name of your own' },
  )
  .refine((names) => Object.keys(names).length <= 250, { error: 'at most 250 accounts' })
  .describe('how to get into each account')

/** The written form of a rollout document. */
export const documentSchema = section(
  {
    $schema: z.string({ error: 'a URL' }).optional().describe('for editors'),
    apiVersion: literal('sluice/v1').describe('the form of this document'),
    kind: literal('Rollout').describe('what it is'),
    name: text(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, '1 to 30 of a-z, 0-9 and inner hyphens', {
      max: 30,
    }).describe('prefix of every AWS name that Sluice makes'),
    model: section({
      package: text(
        /^arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:\d{12}:model-package\/[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}\/\d{1,9}$/,
        'the ARN of one version: `arn:aws:sagemaker:eu-west-1:111111111111:model-package/group/38`; a rollout is pinned, never to “latest”',
        { max: 2048 },
      ).describe('the version that is brought'),
    }).describe('the model'),
    accounts,
    promote: section({
      to: section({
        account: accountName().describe('whose registry'),
        region: region().describe('of the group; another one than the package’s needs `replicate.artifacts`'),
        group: entityName().describe('the model package group, which must exist'),
        status: choice(['PendingManualApproval', 'Approved'])
          .default('PendingManualApproval')
          .describe('of the version there'),
      }).describe('the group; once, whatever is lost or repeated'),
    })
      .optional()
      .describe('register the package in another account’s or Region’s group'),
    replicate: section({
      artifacts: s3Prefix()
        .optional()
        .describe(
          'where every s3:// object of the package is copied to; `{account}`, `{region}`, `{group}`, `{version}` and `{name}` may stand in it',
        ),
      images: choice(['copy', 'replicated', 'none'])
        .default('copy')
        .describe('`copy` by digest, `replicated`: wait for ECR replication, `none`'),
    })
      .optional()
      .describe('what is copied to where it is needed; without it everything must be there already'),
    endpoint: endpointSchema,
    staging: stagingSchema.optional().describe('where the candidate is tested before anybody is asked'),
    approval: approvalSchema.optional().describe('people who must agree before production'),
    production: productionSchema.describe('where traffic moves, in which steps, and what stops it'),
    whenBusy: choice(['reject', 'queue', 'replace'])
      .default('reject')
      .describe('when another rollout holds one of the targets'),
    record: section({
      account: accountName().describe('whose bucket'),
      to: s3Prefix().describe('the object is `<to>/<id of the rollout>.json`'),
    })
      .optional()
      .describe('where the finished rollout’s whole record is kept'),
    emergency: emergencySchema.optional(),
  },
  'a rollout document: a mapping with `apiVersion`, `kind`, `name`, `model`, `accounts`, `endpoint` and `production`',
)

/** As people write it. */
export type WrittenDocument = z.input<typeof documentSchema>
/** With defaults filled in. */
export type FilledDocument = z.output<typeof documentSchema>

/** What is left of a document when everything that is wrong has been taken out. */
export type Loose<T> = T extends readonly (infer Item)[]
  ? readonly (Loose<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Loose<T[Key]> }
    : T
