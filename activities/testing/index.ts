import type { Activities } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { runHttpTest } from './http-test.ts'
import { runTest } from './run-test.ts'

/** The staging tests of a document. */
export function createTestingActivities(deps: Dependencies): Pick<Activities, 'runTest' | 'runHttpTest'> {
  return {
    runTest: (input) => runTest(deps, input),
    runHttpTest: (input) => runHttpTest(deps, input),
  }
}
