/**
 * Resolves with the first SIGINT or SIGTERM. A second one ends the process at once, for when stopping takes too long.
 */
export function untilInterrupted(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false
    const heard = (signal: NodeJS.Signals): void => {
      if (asked) process.exit(130)
      asked = true
      resolve(signal)
    }
    process.on('SIGINT', heard)
    process.on('SIGTERM', heard)
  })
}
