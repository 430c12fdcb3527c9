import { useEffect, useRef, useState } from 'preact/hooks'
import { announce } from './announce.js'
import { words } from './parts/mark.js'
import { ask } from './request.js'
import { follow } from './stream.js'

/**
 * @import { RolloutForCaller, RolloutLine } from '../api/answers.ts'
 * @import { Connection } from './stream.js'
 */

/**
 * One rollout as it is now, for as long as somebody looks.
 * @param {string} id
 */
export function useRollout(id) {
  const [rollout, setRollout] = useState(/** @type {RolloutForCaller | undefined} */ (undefined))
  const [connection, setConnection] = useState(/** @type {Connection | undefined} */ (undefined))
  const [worker, setWorker] = useState(/** @type {string | undefined} */ (undefined))
  const told = useRef('')
  const path = `/v1/rollouts/${encodeURIComponent(id)}`
  useEffect(
    () =>
      follow(`${path}/events`, {
        onConnection: setConnection,
        onEvent(event, data) {
          if (event === 'worker') setWorker(data.answers ? undefined : data.message)
          if (event !== 'state') return
          setRollout(data)
          const text = `${words(data.outcome ?? data.phase)}: ${data.message}`
          // The first state is read with the page; only what comes after it is news.
          if (told.current !== '' && told.current !== text) announce(text)
          told.current = text
        },
      }),
    [path],
  )
  const committed = rollout?.outcome === 'Succeeded' || rollout?.outcome === 'Partial'
  const over = connection?.kind === 'over' && committed
  useEffect(() => {
    if (!over) return
    // What is over does not change any more, except that another rollout may undo it: that is told with the list.
    return follow('/v1/rollouts/events', {
      onConnection: () => {},
      onEvent(event, data) {
        const undoing =
          event === 'changed' && data.rollouts.some((/** @type {RolloutLine} */ line) => line.undoes === id)
        if (undoing) ask(path).then(setRollout, () => {})
      },
    })
  }, [over, path, id])
  return { rollout, connection, worker }
}
