import type { NotificationsAnswer } from '../../api/answers.ts'
import type { SluiceClient } from '../client.ts'

/** What people should know of the notices of a rollout: which did not arrive, and who acknowledged. Often nothing. */
export async function writeNotices(
  client: Pick<SluiceClient, 'notifications'>,
  id: string,
): Promise<readonly string[]> {
  try {
    return describeNotices(await client.notifications(id))
  } catch {
    // An older server has no such call, and without a worker nothing is known: the rollout itself is shown all the same.
    return []
  }
}

export function describeNotices(answer: NotificationsAnswer): readonly string[] {
  const failing = answer.deliveries.flatMap(({ event, channel, state, attempts, lastError }) => {
    const tried =
      attempts === undefined ? '' : ` after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`
    if (state === 'gave-up') return [`! ${event} did not reach ${channel}${tried}: ${lastError ?? 'unknown'}`]
    if (state === 'pending' && lastError)
      return [`! ${event} has not reached ${channel} yet${tried}: ${lastError}`]
    return []
  })
  const slack = answer.showings.flatMap(({ channel, lastError }) =>
    lastError ? [`! the message in ${channel} is behind: ${lastError}`] : [],
  )
  const acknowledged = answer.acknowledgements.map(
    ({ by, at, comment }) => `acknowledged by ${by} at ${at}${comment ? `: ${comment}` : ''}`,
  )
  const open = answer.unacknowledged ? ['! nobody has acknowledged it yet: sluice acknowledge'] : []
  return [...failing, ...slack, ...acknowledged, ...open]
}
