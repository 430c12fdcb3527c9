import type { RunTest, TestResult } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { fail } from '../failure.ts'
import { heartbeating } from '../heartbeat.ts'
import { runDatasetTest } from './dataset-test.ts'
import { runInvokeTest } from './invoke-test.ts'
import { runLoadTest } from './load-test.ts'

/** One staging test in one heartbeating attempt. Run again, it starts anew: requests to a model change nothing. */
export async function runTest(deps: Dependencies, input: RunTest): Promise<TestResult> {
  const { test } = input
  switch (test.kind) {
    case 'invoke':
      return heartbeating(
        () => test.name,
        () => runInvokeTest(deps, input, test.invoke),
      )
    case 'dataset':
      return runDatasetTest(deps, input, test.dataset)
    case 'load':
      return runLoadTest(deps, input, test.load)
    case 'http':
      throw fail('Invalid', `test ${test.name} is an http test, which is waited for and not run`)
  }
}
