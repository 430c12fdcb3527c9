import type { TestWorkerOptions } from '../../test/support/worker.ts'
import { startChild, type Child } from './child.ts'

/** Starts a script that calls `runWorker`, and waits until it polls. */
export async function launchWorker(
  script: string,
  { env, address, namespace, taskQueue, bundle, clockRate }: TestWorkerOptions,
  more: Readonly<Record<string, string>> = {},
): Promise<Child & { kill(): Promise<void> }> {
  const child = startChild(script, [], {
    ...env,
    ...more,
    // As in the container image.
    MALLOC_ARENA_MAX: '2',
    BENCH_ADDRESS: address,
    BENCH_NAMESPACE: namespace,
    BENCH_TASK_QUEUE: taskQueue,
    BENCH_BUNDLE: bundle,
    BENCH_CLOCK_RATE: String(clockRate),
  })
  await child.next()
  return { ...child, kill: () => child.close() }
}
