import { QueryNotRegisteredError, ServiceError } from '@temporalio/client'
import { expect, test } from 'vitest'
import { isWorkerAway, whyUnanswered } from './worker-away.ts'

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

test('a worker that cannot replay a rollout is said to, and what else fails stays a failure', () => {
  const refused = new QueryNotRegisteredError('nondeterminism', 3)
  expect(whyUnanswered(refused, 'q')).toBe('A worker on task queue q could not answer (nondeterminism)')
  expect(whyUnanswered(grpc(4, 'Deadline exceeded'), 'q')).toBe('No worker answers on task queue q')
  expect(() => whyUnanswered(grpc(14, 'No connection established'), 'q')).toThrow('Failed to query')
})
