import { CancelledFailure } from '@temporalio/common'
import type { Activities, TestResult } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { fail } from '../failure.ts'
import { type Look, poll } from '../poll.ts'
import { parseJson, readFinalAnswer } from './http-answer.ts'
import { type HttpAnswer, sendSigned } from './http-request.ts'

type Input = Parameters<Activities['runHttpTest']>[0]

interface Seen {
  /** Where the result will be, once the service has taken the test. */
  readonly url: string
}

const lookEvery = 5_000

/**
 * Poll: the POST, and then a GET of what it was answered with 202, until there is a result or the time is over. A POST whose
 * answer was lost is sent again under the same idempotency key.
 */
export async function runHttpTest(deps: Dependencies, input: Input): Promise<TestResult> {
  const every = Math.max(100, lookEvery / deps.clockRate)
  return poll<TestResult, Seen>({
    every,
    deadline: input.deadline,
    look: ({ state }) => look(deps, input, state, every),
    timedOut: ({ waitingFor }) => ({
      passed: false,
      message: `no result in time: ${waitingFor}`,
      measurements: [],
    }),
  })
}

async function look(
  deps: Dependencies,
  input: Input,
  state: Seen | undefined,
  every: number,
): Promise<Look<TestResult, Seen>> {
  const { target, rolloutId, step } = input
  const idempotencyKey = `${rolloutId}-${step}`
  const url = state?.url ?? input.http.url
  let answer: HttpAnswer
  try {
    answer = await sendSigned({
      method: state ? 'GET' : 'POST',
      url,
      body: state
        ? ''
        : JSON.stringify({
            endpoint: target.endpoint,
            account: target.accountId,
            region: target.region,
            package: input.package,
            rollout: rolloutId,
            idempotencyKey,
          }),
      idempotencyKey,
      signingKey: deps.signingKey,
      // The receiver compares it with its own clock, so it is not the server’s.
      timestamp: Math.floor(Date.now() / 1000),
    })
  } catch (error) {
    if (error instanceof CancelledFailure) throw error
    const why = error instanceof Error ? reasonOf(error) : String(error)
    return { done: false, waitingFor: `${url} could not be reached: ${why}`, ...(state && { state }) }
  }
  const { status, headers, body } = answer
  if (status === 200) return { done: true, value: readFinalAnswer(input, url, body) }
  const after = retryAfter(headers, every, deps.clockRate)
  if (status === 202) {
    return {
      done: false,
      waitingFor: `a result at ${url}`,
      state: { url: whereToLook(input, url, answer) },
      after,
    }
  }
  if (status >= 500 || status === 408 || status === 425 || status === 429) {
    return { done: false, waitingFor: `${url} answered ${status}`, ...(state && { state }), after }
  }
  const redirect = status >= 300 && status < 400
  throw fail(
    'Refused',
    `test ${input.test.name}: ${url} answered ${status}${redirect ? ', and redirects are not followed' : ''}: ` +
      `${body.slice(0, 200)}. Answer 200 with the result, or 202 with a Location to poll.`,
  )
}

/** The Location header, else `url` in the body, else the same place; on the same origin, so that nothing else is called. */
function whereToLook({ http, test }: Input, asked: string, { headers, body }: HttpAnswer): string {
  const named = headers.get('location') ?? (parseJson(body) as { url?: unknown } | null | undefined)?.url
  if (named === undefined || named === null) return asked
  const origin = new URL(http.url).origin
  const url = typeof named === 'string' && URL.canParse(named, asked) ? new URL(named, asked) : undefined
  if (url?.origin === origin) return url.href
  throw fail(
    'Refused',
    `test ${test.name}: ${asked} answered 202 with the location ${JSON.stringify(named)}, and only locations under ` +
      `${origin} are polled.`,
  )
}

/** Seconds only; at most a minute, so that a result is not waited for long after it is there. */
function retryAfter(headers: Headers, every: number, clockRate: number): number {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  return seconds > 0 ? Math.max(100, (Math.min(60, seconds) * 1000) / clockRate) : every
}

/** `fetch failed` alone says nothing. */
function reasonOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message
}
