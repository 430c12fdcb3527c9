import { TestWorkflowEnvironment } from '@temporalio/testing'
import { findTestServer } from '../../cli/embedded/binary.ts'
import { searchAttributeTypes } from '../../workflows/search-attributes.ts'
import { attributeTypeNumbers } from './attribute-types.ts'

/**
 * Starts Temporal's time-skipping server, on which a day of waiting takes a moment, with our search attributes: without
 * them every workflow task would fail for ever. It has no List and no Count, and the clock of activities stays real.
 * The caller tears it down.
 */
export async function startTimeSkipping(): Promise<TestWorkflowEnvironment> {
  const path = await findTestServer()
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  })
  await environment.connection.operatorService.addSearchAttributes({
    namespace: environment.namespace ?? 'default',
    searchAttributes: Object.fromEntries(
      Object.entries(searchAttributeTypes).map(([name, type]) => [name, attributeTypeNumbers[type] ?? 0]),
    ),
  })
  return environment
}
