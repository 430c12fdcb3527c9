import type { TestProject } from 'vitest/node'
import { startTemporal } from '../../cli/embedded/server.ts'
import { searchAttributeTypes } from '../../workflows/search-attributes.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The Temporal server of this test run; read it with `inject('temporal')`. */
    temporal: { readonly address: string; readonly namespace: string }
  }
}

/** Starts the one Temporal server that all integration tests of a run share, in memory and without the web UI. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const temporal = await startTemporal({ headless: true, searchAttributes: searchAttributeTypes })
  project.provide('temporal', { address: temporal.address, namespace: temporal.namespace })
  return temporal.close
}
