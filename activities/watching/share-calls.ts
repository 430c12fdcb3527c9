import { AsyncLocalStorage } from 'node:async_hooks'
import type { Place } from '../../rollout/target.ts'
import { sharingKey } from '../aws/sessions.ts'

/** Asks one account and Region; the answer is for everybody who asked in the same moment. */
export type Ask<Q, A> = (place: Place, rolloutId: string, question: Q) => Promise<A>

const windowMs = 200

/** What is asked of one account and Region within a moment, by whichever rollout, is asked of AWS at once. */
export function shareCalls<Q, A>(
  answerAll: (place: Place, rolloutId: string, questions: readonly Q[]) => Promise<A>,
): Ask<Q, A> {
  const open = new Map<string, { readonly questions: Q[]; readonly answer: Promise<A> }>()
  // A batch belongs to no activity: the cancellation of the first that asked must not end it for the others.
  const outside = AsyncLocalStorage.snapshot()

  const begin = (place: Place, rolloutId: string, key: string) => {
    const questions: Q[] = []
    const answer = outside(async () => {
      await new Promise((resolve) => setTimeout(resolve, windowMs))
      open.delete(key)
      return answerAll(place, rolloutId, questions)
    })
    // Each asker meets the error in its own await.
    answer.catch(() => {})
    return { questions, answer }
  }

  return (place, rolloutId, question) => {
    const key = sharingKey(place)
    const batch = open.get(key) ?? begin(place, rolloutId, key)
    open.set(key, batch)
    batch.questions.push(question)
    return batch.answer
  }
}
