import type { InvokeTest } from '../../rollout/document/types.ts'
import type { RunTest, TestResult } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { type Answer, inferenceId, type Request } from '../endpoint/invoke.ts'
import { askUntilAnswered } from './ask-until-answered.ts'
import { matchPattern, patternMs } from './match-pattern.ts'
import { measured, milliseconds, resultOf } from './results.ts'

/** One request, checked for status, answer and latency. With `maxLatency` a first request warms the connection up. */
export async function runInvokeTest(
  deps: Dependencies,
  input: RunTest,
  test: InvokeTest,
): Promise<TestResult> {
  const { expect } = test
  if (expect.maxLatency !== undefined) await send(deps, input, test, 'warm')
  const answer = await send(deps, input, test, 'measured')
  const wanted = expect.status ?? 200
  const problems: string[] = []
  if (answer.status !== wanted) {
    const why = answer.error ? `: ${answer.error.slice(0, 300)}` : ''
    problems.push(`the answer has status ${answer.status || 'none'}, and ${wanted} is expected${why}`)
  }
  const found = expect.matches === undefined ? 'match' : matchPattern(expect.matches, answer.body)
  const matches = found === 'match'
  const body = JSON.stringify(answer.body.slice(0, 120))
  if (found === 'no match') problems.push(`the answer ${body} does not match ${expect.matches}`)
  if (found === 'took too long')
    problems.push(`${expect.matches} takes more than ${patternMs} ms on the answer ${body}: simplify it`)
  const fast = expect.maxLatency === undefined || answer.milliseconds <= expect.maxLatency
  if (!fast)
    problems.push(`it took ${milliseconds(answer.milliseconds)}, and ${expect.maxLatency} ms are allowed`)
  return resultOf(problems, `answered ${answer.status} in ${milliseconds(answer.milliseconds)}`, [
    measured(input, 'latency (client)', {
      value: answer.milliseconds,
      unit: 'ms',
      ...(expect.maxLatency !== undefined && { limit: expect.maxLatency }),
      passed: fast,
      samples: 1,
    }),
    measured(input, 'answered as expected', {
      value: answer.status === wanted && matches ? 1 : 0,
      unit: 'bool',
      passed: answer.status === wanted && matches,
    }),
  ])
}

async function send(deps: Dependencies, input: RunTest, test: InvokeTest, part: string): Promise<Answer> {
  const { target, rolloutId, step } = input
  const runtime = deps.aws.runtime(target, rolloutId)
  const wanted = test.expect.status ?? 200
  const request = (attempt: number): Request => ({
    endpoint: target.endpoint,
    contentType: test.contentType,
    accept: test.accept,
    body: test.body,
    container: test.container,
    inferenceId: inferenceId(rolloutId, `t${step}-${part}-${attempt}`),
  })
  return askUntilAnswered(deps)(runtime, request, wanted)
}
