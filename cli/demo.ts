import { exitCodes } from '../rollout/outcome.ts'
import { playStory } from './demo/story.ts'
import { startStack } from './up/start-stack.ts'
import { untilInterrupted } from './up/until-interrupted.ts'
import { openTerminal } from './terminal.ts'
import { describeStack } from './up.ts'

export interface DemoOptions {
  readonly keep?: boolean
}

/** So fast that an hour of keeping the previous version takes 15 seconds, and a minute of metrics a quarter of one. */
const CLOCK_RATE = 240
/** Far more than the story takes; beyond it something hangs. */
const GIVE_UP_MS = 5 * 60_000

/** Plays the story, and exits 0 only if both rollouts ended as they should and every endpoint is as it must be. */
export async function demo({ keep = false }: DemoOptions): Promise<number> {
  const terminal = openTerminal()
  const began = Date.now()
  const interrupted = untilInterrupted()
  const stop = new AbortController()
  void interrupted.then(() => stop.abort())
  const stack = await startStack({ clockRate: CLOCK_RATE, say: (line) => terminal.note(`… ${line}`) })
  try {
    for (const line of describeStack(stack, CLOCK_RATE, terminal).slice(0, 6)) terminal.out(line)
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(GIVE_UP_MS)])
    const differences = await Promise.race([
      playStory(stack, terminal, signal),
      stack.broken.then((reason) => [`${reason}; see ${stack.logFile}`]),
    ])
    if (stop.signal.aborted) return exitCodes.failed
    const seconds = Math.round((Date.now() - began) / 1000)
    terminal.out(
      differences.length === 0
        ? terminal.colors.green(
            terminal.colors.bold(`\nBoth rollouts ended as they should, in ${seconds} s.`),
          )
        : terminal.colors.red(
            `\nSomething is not as it should be after ${seconds} s:\n${differences.join('\n')}`,
          ),
    )
    if (keep) {
      for (const line of describeStack(stack, CLOCK_RATE, terminal)) terminal.out(line)
      await Promise.race([interrupted, stack.broken])
    } else terminal.out('Look around yourself: `npx sluice demo --keep`, or `npx sluice up`.')
    return differences.length === 0 ? exitCodes.fine : exitCodes.failed
  } finally {
    await stack.close()
  }
}
