import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startTemporal } from '../../cli/embedded/server.ts'
import { bundleWorkflows } from '../../worker/bundle.ts'
import { createLogger } from '../../worker/logging.ts'
import { searchAttributeTypes } from '../../workflows/search-attributes.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The Temporal server of this test run; read it with `inject('temporal')`. */
    temporal: { readonly address: string; readonly namespace: string }
    /** File with the workflows as one script, made once for the run. */
    bundle: string
  }
}

/** Starts the one Temporal server that all integration tests of a run share, in memory and without the web UI. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const temporal = await startTemporal({ headless: true, searchAttributes: searchAttributeTypes })
  project.provide('temporal', { address: temporal.address, namespace: temporal.namespace })
  const folder = await mkdtemp(join(tmpdir(), 'sluice-test-'))
  const bundle = join(folder, 'workflows.js')
  await writeFile(bundle, (await bundleWorkflows(createLogger('bundle', 'error'))).code)
  project.provide('bundle', bundle)
  return async () => {
    await temporal.close()
    await rm(folder, { recursive: true, force: true })
  }
}
