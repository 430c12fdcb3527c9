import { GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterEach, expect, it } from 'vitest'
import type { Client } from '@temporalio/client'
import { createRecordActivities, recordKey } from './record.ts'
import { account, bucket, drive, failureOf, on, place, region, startActivities } from './world.fixture.ts'

let world: Awaited<ReturnType<typeof startActivities>>
afterEach(() => world?.sandbox.close())

const parts: Readonly<Record<string, unknown>> = {
  plan: { document: { name: 'fraud' }, plan: { steps: [] } },
  state: { id: on.rolloutId, outcome: 'Succeeded' },
}
/** The rollout, which answers as its workflow does; `test/rollout.test.ts` reads what a real one wrote. */
const getHandle = (workflowId: string) => ({
  query: async (name: string) => (workflowId === `rollout/${on.rolloutId}` ? parts[name] : undefined),
})
const writeRecord = (to: string) =>
  createRecordActivities({
    aws: world.deps.aws,
    temporal: { workflow: { getHandle } } as unknown as Client,
  }).writeRecord({ rolloutId: on.rolloutId, place, to })

it('is one JSON object, however often its answer is lost', async () => {
  world = await startActivities()
  world.arm({ kind: 'lose-answer', operation: 'PutObject', with: { as: 'error' }, times: 3 })
  const to = `s3://${bucket}/sluice/`
  const { value } = await drive(() => writeRecord(to))
  expect(value.uri).toBe(`s3://${bucket}/sluice/${on.rolloutId}.json`)
  const s3 = new S3Client({
    endpoint: world.sandbox.url,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId: `AKIA${account}`, secretAccessKey: 'any' },
  })
  const where = { Bucket: bucket, Key: `sluice/${on.rolloutId}.json` }
  expect((await s3.send(new HeadObjectCommand(where))).ContentType).toBe('application/json')
  const { Body } = await s3.send(new GetObjectCommand(where))
  expect(JSON.parse((await Body?.transformToString()) ?? '')).toEqual({
    apiVersion: 'sluice/v1',
    kind: 'RolloutRecord',
    document: { name: 'fraud' },
    plan: { steps: [] },
    rollout: parts['state'],
  })
})

it('is not written into a bucket that belongs to another account', async () => {
  world = await startActivities()
  const audit = { name: 'audit', account: '444444444444', region, writers: [account] }
  await fetch(`${world.sandbox.url}/_sandbox/seed`, {
    method: 'POST',
    body: JSON.stringify({ buckets: [audit] }),
  })
  const failure = await failureOf(() => writeRecord('s3://audit/'))
  expect(failure).toMatchObject({ type: 'Denied', message: expect.stringContaining('PutObject') })
})

it.each([
  ['', 'r-1.json'],
  ['sluice/', 'sluice/r-1.json'],
  ['sluice', 'sluice/r-1.json'],
])('lies under the prefix %j as %s', (prefix, key) => {
  expect(recordKey(prefix, 'r-1')).toBe(key)
})
