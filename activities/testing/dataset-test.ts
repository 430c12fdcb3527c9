import type { DatasetTest } from '../../rollout/document/types.ts'
import { compareAnswer } from '../../rollout/verdict/golden.ts'
import type { RunTest, TestResult } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { type Answer, inferenceId } from '../endpoint/invoke.ts'
import { heartbeating } from '../heartbeat.ts'
import { askUntilAnswered } from './ask-until-answered.ts'
import { measured, resultOf } from './results.ts'
import { linesOf } from './s3-lines.ts'

const atOnce = 8

interface Pair {
  /** From 1. */
  readonly line: number
  readonly request: string | undefined
  readonly expected: string | undefined
}

interface Tally {
  lines: number
  errors: number
  largestDifference: number
  readonly examples: string[]
}

/** Sends every line of the data set and compares the answers; both objects are streamed, so that their size is no matter. */
export async function runDatasetTest(
  deps: Dependencies,
  input: RunTest,
  test: DatasetTest,
): Promise<TestResult> {
  const { from, rolloutId } = input
  const s3 = deps.aws.s3(from, rolloutId)
  const tally: Tally = { lines: 0, errors: 0, largestDifference: 0, examples: [] }
  const problems: string[] = []
  const ask = asker(deps, input, test)
  await heartbeating(
    () => ({ lines: tally.lines, errors: tally.errors }),
    async () => {
      const pairs = zip(linesOf(s3, test.input, from.accountId), linesOf(s3, test.expected, from.accountId))
      const lane = async () => {
        for (let next = await pairs.next(); !next.done; next = await pairs.next()) {
          const { line, request, expected } = next.value
          if (request === undefined || expected === undefined) {
            const [longer, shorter] = request === undefined ? ['expected', 'input'] : ['input', 'expected']
            problems.push(`${longer} has more lines than ${shorter}, which ends after line ${line - 1}`)
            await pairs.return(undefined)
            return
          }
          count(tally, test, line, expected, await ask(line, request))
        }
      }
      await settleAll(Array.from({ length: atOnce }, lane))
    },
  )
  if (tally.lines === 0 && problems.length === 0) problems.push(`${test.input} is empty: nothing was tested`)
  const enough = tally.errors <= test.maxErrors
  if (!enough) {
    problems.push(
      `${tally.errors} of ${tally.lines} answers differ by more than ${test.tolerance}, and ${test.maxErrors} are allowed ` +
        `(${tally.examples.join('; ')})`,
    )
  }
  return resultOf([...new Set(problems)], `${tally.lines} answers are as expected, ${tally.errors} are not`, [
    measured(input, 'wrong answers', {
      value: tally.errors,
      unit: 'count',
      limit: test.maxErrors,
      passed: enough,
      samples: tally.lines,
    }),
    measured(input, 'largest difference', {
      value: tally.largestDifference,
      unit: 'count',
      limit: test.tolerance,
      passed: tally.largestDifference <= test.tolerance || enough,
      samples: tally.lines,
    }),
  ])
}

function asker(
  deps: Dependencies,
  { target, rolloutId, step }: RunTest,
  test: DatasetTest,
): (line: number, body: string) => Promise<Answer> {
  const runtime = deps.aws.runtime(target, rolloutId)
  const send = askUntilAnswered(deps)
  return (line, body) =>
    send(runtime, () => ({
      endpoint: target.endpoint,
      contentType: test.contentType,
      body,
      inferenceId: inferenceId(rolloutId, `t${step}-${line}`),
    }))
}

function count(tally: Tally, test: DatasetTest, line: number, expected: string, answer: Answer): void {
  tally.lines += 1
  const compared = answer.ok ? compareAnswer(expected, answer.body, test.tolerance) : null
  if (compared && !Number.isNaN(compared.difference)) {
    tally.largestDifference = Math.max(tally.largestDifference, compared.difference)
  }
  if (compared?.equal) return
  tally.errors += 1
  if (tally.examples.length >= 3) return
  const got = answer.ok
    ? JSON.stringify(answer.body.trim().slice(0, 80))
    : `status ${answer.status}: ${answer.error}`
  tally.examples.push(`line ${line}: expected ${JSON.stringify(expected.slice(0, 80))}, got ${got}`)
}

/** Both streams side by side; undefined where one is over before the other. */
async function* zip(requests: AsyncGenerator<string>, answers: AsyncGenerator<string>): AsyncGenerator<Pair> {
  try {
    for (let line = 1; ; line++) {
      const [a, b] = await Promise.all([requests.next(), answers.next()])
      if (a.done && b.done) return
      yield { line, request: a.done ? undefined : a.value, expected: b.done ? undefined : b.value }
    }
  } finally {
    await Promise.all([requests.return(undefined), answers.return(undefined)])
  }
}

/** Nothing runs on behind a failed activity. */
async function settleAll(lanes: readonly Promise<void>[]): Promise<void> {
  for (const end of await Promise.allSettled(lanes)) if (end.status === 'rejected') throw end.reason
}
