import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTemporal, type EmbeddedTemporal } from '../../cli/embedded/server.ts'
import type { Surroundings } from '../../test/support/start-stack.ts'
import { bundleWorkflows } from '../../worker/bundle.ts'
import { createLogger } from '../../worker/logging.ts'
import { searchAttributeTypes } from '../../workflows/search-attributes.ts'

/** What `startSurroundings` started, to be closed by who asked. */
export type OwnSurroundings = Surroundings & {
  readonly temporal: EmbeddedTemporal
  close(): Promise<void>
}

/** A Temporal server of the bench's own, in memory, and the workflows as workers load them. */
export async function startSurroundings(): Promise<OwnSurroundings> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'))
  const bundle = join(folder, 'workflows.js')
  await writeFile(bundle, (await bundleWorkflows(createLogger('bundle', 'error'))).code)
  const temporal = await startTemporal({ headless: true, searchAttributes: searchAttributeTypes })
  return {
    temporal,
    bundle,
    async close() {
      await temporal.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
