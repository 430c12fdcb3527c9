import { WorkflowNotFoundError } from '@temporalio/client'
import { describe, expect, test } from 'vitest'
import { ApiError, problems } from './errors.ts'
import { toProblem } from './problem.ts'

describe('anything thrown', () => {
  test.each<[string, unknown, number, string]>([
    ['an unknown error', new Error('password=hunter2'), 500, 'internal'],
    ['a thing that is no error', 'oops', 500, 'internal'],
    ['undefined', undefined, 500, 'internal'],
    [
      'a workflow that is not there',
      new WorkflowNotFoundError('gone', 'rollout/a-1', undefined),
      404,
      'no-such-rollout',
    ],
    [
      'a call to Temporal that failed',
      Object.assign(new Error('x'), { code: 14, details: 'down', metadata: {} }),
      503,
      'temporal-unavailable',
    ],
    [
      'a body that cannot be parsed',
      Object.assign(new Error('bad json'), { status: 400 }),
      400,
      'malformed-body',
    ],
    [
      'an error with a status of its own that is none of ours',
      Object.assign(new Error('x'), { status: 418 }),
      500,
      'internal',
    ],
  ])('%s becomes a problem of the closed list', (_what, thrown, status, name) => {
    const problem = toProblem(thrown, 'r-1')
    expect(problem.status).toBe(status)
    expect(problem.body).toMatchObject({ type: `urn:sluice:problem:${name}`, status, requestId: 'r-1' })
    expect(problem.body.cure).toBe(problems[name as keyof typeof problems].cure)
  })

  test('unexpected tells nothing of its cause to the caller', () => {
    const problem = toProblem(new Error('password=hunter2'))
    expect(JSON.stringify(problem.body)).not.toContain('hunter2')
    expect(problem.unexpected).toBe(true)
  })

  test('of ours keeps its members, which cannot replace what every problem has', () => {
    const { body } = toProblem(new ApiError('plan-refused', 'two errors', { findings: [1], status: 200 }))
    expect(body).toMatchObject({ detail: 'two errors', findings: [1], status: 422 })
  })
})
