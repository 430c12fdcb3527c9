import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTemporal } from '../../cli/embedded/server.ts'
import { bundleWorkflows } from '../../worker/bundle.ts'
import { createLogger } from '../../worker/logging.ts'
import { searchAttributeTypes } from '../../workflows/search-attributes.ts'
import type { Surroundings } from '../support/start-stack.ts'

/** A Temporal server in memory and the workflows as one script, for a whole run. */
export async function startSurroundings(): Promise<Surroundings & { close(): Promise<void> }> {
  const temporal = await startTemporal({ headless: true, searchAttributes: searchAttributeTypes })
  const folder = await mkdtemp(join(tmpdir(), 'sluice-campaign-'))
  const bundle = join(folder, 'workflows.js')
  await writeFile(bundle, (await bundleWorkflows(createLogger('bundle', 'error'))).code)
  return {
    temporal,
    bundle,
    async close() {
      await temporal.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
