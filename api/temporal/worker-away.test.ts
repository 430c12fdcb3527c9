import { ServiceError } from '@temporalio/client'
import { expect, test } from 'vitest'
import { isWorkerAway } from './worker-away.ts'

const grpc = (code: number, details: string): Error =>
  new ServiceError('Failed to query Workflow', {
    cause: Object.assign(new Error(details), { code, details, metadata: {} }),
  })

test.each([
  [1, 'Call cancelled', true],
  [4, 'Deadline exceeded', true],
  [9, 'no poller seen for task queue recently, worker may be down', true],
  [14, 'No connection established', false],
  [5, 'workflow not found', false],
])('a query that ends with gRPC code %i (%s) means that no worker answers: %s', (code, details, away) => {
  expect(isWorkerAway(grpc(code, details))).toBe(away)
})
