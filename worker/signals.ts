/** Resolves with SIGTERM or SIGINT when the first of them comes; from this call on neither ends the process by itself. */
export function untilStopped(): Promise<NodeJS.Signals> {
  const signals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT']
  return Promise.race(
    signals.map(
      (signal) => new Promise<NodeJS.Signals>((resolve) => process.once(signal, () => resolve(signal))),
    ),
  )
}
