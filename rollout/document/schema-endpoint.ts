import { z } from 'zod'
import {
  accountName,
  choice,
  duration,
  entityName,
  flag,
  hour,
  kmsKey,
  minute,
  region,
  roleArn,
  s3Prefix,
  section,
  text,
  whole,
} from './fields.ts'

const environment = () =>
  z
    .record(
      text(
        /^[a-zA-Z_][a-zA-Z0-9_]*$/,
        'a variable name: letters, digits and `_`, not beginning with a digit',
      ),
      z.string({ error: 'a string, in quotes' }).max(1024, { error: 'up to 1024 characters' }),
      { error: 'variables and their values' },
    )
    .describe("laid over every container's own environment; at most 100")

const tags = () =>
  z
    .record(
      text(
        /^(?!aws:|sluice:)[\p{L}\p{Z}\p{N}_.:/=+@-]+$/u,
        'a tag key that does not begin with `aws:` or `sluice:`',
        {
          max: 128,
        },
      ),
      text(/^[\p{L}\p{Z}\p{N}_.:/=+@-]*$/u, 'a tag value of up to 256 characters', { min: 0, max: 256 }),
      { error: 'tags and their values' },
    )
    .describe('added to everything that is created, beside the `sluice:` tags of ownership; at most 46')

const vpc = () =>
  section({
    subnets: z
      .array(text(/^[-0-9a-zA-Z]+$/, 'a subnet id', { max: 32 }), { error: '1 to 16 subnet ids' })
      .min(1, { error: '1 to 16 subnet ids' })
      .max(16, { error: '1 to 16 subnet ids' })
      .describe('they must reach S3 and ECR'),
    securityGroups: z
      .array(text(/^[-0-9a-zA-Z]+$/, 'a security group id', { max: 32 }), {
        error: '1 to 5 security group ids',
      })
      .min(1, { error: '1 to 5 security group ids' })
      .max(5, { error: '1 to 5 security group ids' })
      .describe('of the same VPC as the subnets'),
  }).describe('where the model runs')

const settings = {
  instanceType: text(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/, 'an instance type such as `ml.m5.xlarge`', { max: 40 })
    .optional()
    .describe('stable’s, when not given'),
  instanceCount: whole(1, 1000)
    .optional()
    .describe('instances of the candidate at full traffic; never fewer than stable has'),
  startupTimeout: duration(minute, hour).optional().describe('how long a container may take to answer /ping'),
  downloadTimeout: duration(minute, hour).optional().describe('how long the download of the model may take'),
  volumeSize: whole(1, 512).optional().describe('GiB'),
  routing: choice(['RANDOM', 'LEAST_OUTSTANDING_REQUESTS'])
    .optional()
    .describe('how SageMaker spreads requests over instances'),
  amiVersion: text(/^[\w.-]+$/, 'an inference AMI version', { max: 80 })
    .optional()
    .describe('image of the instances'),
  networkIsolation: flag().optional().describe('containers without any network'),
  invocation: choice(['serial', 'direct'])
    .optional()
    .describe('of several containers: one after another, or each by its name; stable’s, when not given'),
  environment: environment().optional(),
  tags: tags().optional(),
  managedBy: choice(['cloudformation', 'terraform'])
    .optional()
    .describe(
      'who else believes to own the endpoint: CloudFormation must be named, or the endpoint is refused',
    ),
  executionRole: roleArn().optional().describe('of the model; `{account}` stands for the target’s account'),
  vpc: vpc().optional(),
  kmsKeys: section({
    volume: kmsKey().optional().describe('for the storage of the instances'),
    capture: kmsKey().optional().describe('for captured data'),
    artifacts: kmsKey().optional().describe('for copied artifacts'),
  })
    .optional()
    .describe(
      'keys in the target’s own Region; `volume` and `capture` hold for the whole endpoint as soon as the candidate is prepared',
    ),
  dataCapture: section({
    percent: whole(0, 100).describe('of the requests that are kept'),
    destination: s3Prefix().describe(
      '`{account}`, `{region}`, `{group}`, `{version}` and `{name}` may stand in it',
    ),
  })
    .optional()
    .describe('holds for the whole endpoint as soon as the candidate is prepared'),
}

/** What every endpoint of the document is like. */
export const endpointSchema = section({
  name: entityName().describe('the endpoint in every target that does not name its own'),
  ...settings,
}).describe(
  'an existing endpoint: only what is written here differs from stable; a new one: instanceType, instanceCount and executionRole are required',
)

/** One account and Region, with what is different there. */
export const targetSchema = section({
  account: accountName().describe('a key of `accounts`'),
  region: region().describe('where the endpoint is'),
  endpoint: section({ name: entityName().optional(), ...settings })
    .optional()
    .describe('overrides the document’s `endpoint` field by field'),
})
