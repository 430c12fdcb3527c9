import { takePath } from './paths.ts'
import { recordedPaths, type Recording } from './recording.ts'
import type { Scenario } from './scenario.ts'

/**
 * The API dies before and after each of its calls to Temporal while a start, an approval or an abort is in flight, comes back,
 * and the client sends the same again.
 */
export function apiPoints(recording: Recording): readonly Scenario[] {
  return recordedPaths(recording).flatMap(({ path, requests }) =>
    Object.entries(requests).flatMap(([request, moments]) =>
      moments.map((moment) => ({
        id: `api/${path}/${request}/${moment}`,
        kind: 'API killed',
        path,
        async run(stage) {
          const api = await stage.useApiProcess({ [request]: moment })
          const expectation = await takePath(stage, path)
          return { ...expectation, reached: api.happened() }
        },
      })),
    ),
  )
}

/** The Temporal server dies in every phase that a path was seen in, and comes back on its database file. */
export function temporalPoints(recording: Recording): readonly Scenario[] {
  return recordedPaths(recording).flatMap(({ path, phases }) =>
    phases
      .filter((phase) => phase !== 'Ended')
      .map((phase) => ({
        id: `temporal/${path}/${phase}`,
        kind: 'Temporal killed',
        path,
        ownTemporal: true,
        async run(stage) {
          let crashed: Promise<void> | undefined
          const expectation = await takePath(stage, path, {
            started: (id) => {
              const seen = stage.until(id, (view) => view.phase === phase)
              void seen.then(
                () => (crashed = stage.crashTemporal()),
                () => undefined,
              )
            },
          })
          await crashed
          return { ...expectation, reached: crashed !== undefined }
        },
      })),
  )
}
