import type { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime'
import { Context } from '@temporalio/activity'
import type { Dependencies } from '../dependencies.ts'
import { type Answer, invoke, type Request } from '../endpoint/invoke.ts'

/**
 * So many in a row without an answer to any request are half a minute: an endpoint that has just come into service may be unknown
 * to the runtime for a moment, and a throttle lasts until others have stopped.
 */
const silentTries = 10
/** What is never answered while others are. */
const tries = 30
const pauseMs = 500
const longestPauseMs = 5_000
/** Requests that hang cost their timeout each. */
const longestMs = 120_000

/** Sends a request until it has an answer; `attempt` counts from 1. */
export type AskUntilAnswered = (
  runtime: SageMakerRuntimeClient,
  request: (attempt: number) => Request,
  /** An answer that is none of the container, and yet what is waited for. */
  wantedStatus?: number,
) => Promise<Answer>

/**
 * For the requests of one test. Counts what the container answered, good or bad: it would be the same next time. What only AWS
 * answered (a throttle, an error of its own, nothing) says nothing of the model and is asked again. Once the endpoint has been silent for
 * too long, requests are tried once, until one is answered.
 */
export function askUntilAnswered({ clockRate }: Dependencies): AskUntilAnswered {
  let answers = 0
  let silent = false
  return async (runtime, request, wantedStatus) => {
    const began = performance.now()
    let heard = { answers, attempt: 0 }
    for (let attempt = 1; ; attempt++) {
      const answer = await invoke(runtime, request(attempt))
      if (answer.ok || answer.body || answer.status === wantedStatus) {
        answers++
        silent = false
        return answer
      }
      if (heard.answers < answers) heard = { answers, attempt }
      silent ||= attempt - heard.attempt >= silentTries
      if (silent || attempt >= tries || performance.now() - began > longestMs) return answer
      const pause = Math.min(longestPauseMs, pauseMs * 2 ** (attempt - 1))
      await Context.current().sleep(pause / clockRate)
    }
  }
}
