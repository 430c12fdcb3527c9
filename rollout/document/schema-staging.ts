import { z } from 'zod'
import {
  choice,
  contentType,
  duration,
  entityName,
  hour,
  minute,
  number,
  oneLine,
  s3Object,
  second,
  section,
  text,
  whole,
} from './fields.ts'
import { targetSchema } from './schema-endpoint.ts'

/** InvokeEndpoint takes 6 MiB; a body in a document is for small ones. */
const body = () =>
  z
    .string({ error: 'the body of a request, as a string in quotes' })
    .max(262_144, { error: 'up to 256 KiB; use a dataset for more' })

const latency = () => duration(1, minute).optional()

const invoke = section({
  contentType: contentType().default('text/csv').describe('of the body'),
  accept: contentType().optional().describe('what the answer should be'),
  body: body().describe('the request, as the model takes it'),
  container: entityName().optional().describe('for endpoints whose containers are invoked directly'),
  expect: section({
    matches: text(/^[^]*$/, 'a regular expression of up to 1000 characters', { max: 1000 })
      .optional()
      .describe('a regular expression that the answer must match'),
    status: whole(200, 599).optional().describe('200, when not given'),
    maxLatency: latency().describe('as the client measures it'),
  })
    .prefault({})
    .describe('what the answer must be'),
}).describe('one request')

const dataset = section({
  input: s3Object().describe('one request a line'),
  expected: s3Object().describe('the answers, line by line'),
  contentType: contentType().default('text/csv').describe('of each request'),
  tolerance: number(0, 1e9).default(0).describe('how far numbers may differ'),
  maxErrors: whole(0, 1_000_000).default(0).describe('how many lines may differ'),
}).describe('a golden set')

const load = section({
  requestsPerSecond: number(0.1, 1000).describe('how many'),
  duration: duration(second, hour).describe('how long'),
  contentType: contentType().optional().describe('that of the first `invoke` test, else text/csv'),
  body: body().optional().describe('that of the first `invoke` test, when not given'),
  p50: latency().describe('highest latency that half of the requests may have'),
  p90: latency().describe('needs 100 requests'),
  p95: latency().describe('needs 200 requests'),
  p99: latency().describe('latency as the client measures it; needs 1,000 requests'),
  maxErrorRate: number(0, 1).default(0).describe('fraction of requests that may fail'),
}).describe('steady load')

const http = section({
  url: text(/^https?:\/\/[^\s]+$/, 'an https:// URL (http:// on loopback only)', { max: 2048 }).describe(
    'what is asked',
  ),
  timeout: duration(second, 24 * hour)
    .default('30m')
    .describe('until its answer must be there'),
}).describe('a signed POST to your own test service; 202 and a URL: it is polled')

export const testSchema = section({
  name: oneLine(80).describe('as it stands in the plan'),
  invoke: invoke.optional(),
  dataset: dataset.optional(),
  load: load.optional(),
  http: http.optional(),
}).meta({
  description: 'exactly one of `invoke`, `dataset`, `load` and `http`',
  minProperties: 2,
  maxProperties: 2,
})

export const stagingSchema = section({
  target: targetSchema.describe('where the candidate is tried; one account and Region'),
  tests: z
    .array(testSchema, { error: 'a list of tests' })
    .max(50, { error: 'at most 50 tests' })
    .default([])
    .describe('run one after another'),
  afterwards: choice(['delete', 'keep'])
    .default('delete')
    .describe('`delete` removes only what this rollout created, and restores the rest'),
})
