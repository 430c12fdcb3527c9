import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTemporal } from '../../cli/embedded/server.ts'
import { bundleWorkflows } from '../../worker/bundle.ts'
import { createLogger } from '../../worker/logging.ts'
import { searchAttributeTypes } from '../../workflows/search-attributes.ts'
import type { Surroundings } from '../support/start-stack.ts'
import { bundleWorkerProcess } from './workers.ts'

/** What a run of the campaign needs once. */
export interface CampaignSurroundings extends Surroundings {
  /** The worker process as one script. */
  readonly workerScript: string
}

/** A Temporal server in memory and the workflows as one script, for a whole run. */
export async function startSurroundings(): Promise<CampaignSurroundings & { close(): Promise<void> }> {
  const temporal = await startTemporal({ headless: true, searchAttributes: searchAttributeTypes })
  const folder = await mkdtemp(join(tmpdir(), 'sluice-campaign-'))
  const bundle = join(folder, 'workflows.js')
  await writeFile(bundle, (await bundleWorkflows(createLogger('bundle', 'error'))).code)
  const workerScript = await bundleWorkerProcess()
  return {
    temporal,
    bundle,
    workerScript,
    async close() {
      await temporal.close()
      await rm(workerScript, { force: true })
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A Temporal server that keeps everything in a file, and can be killed. */
export interface MortalTemporal {
  readonly address: string
  readonly namespace: string
  /** SIGKILL, and another one at the same address on the same file. */
  crash(): Promise<void>
  close(): Promise<void>
}

export async function startMortalTemporal(): Promise<MortalTemporal> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-temporal-'))
  const options = {
    headless: true,
    searchAttributes: searchAttributeTypes,
    dbFile: join(folder, 'temporal.db'),
  }
  let server = await startTemporal(options)
  const { address, namespace } = server
  const port = Number(address.split(':')[1])
  return {
    address,
    namespace,
    async crash() {
      process.kill(server.pid, 'SIGKILL')
      await server.ended
      server = await startTemporal({ ...options, port })
    },
    async close() {
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
