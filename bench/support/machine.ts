import { readFile } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { createRequire } from 'node:module'
import { findTemporalCli } from '../../cli/embedded/binary.ts'
import { run } from '../../cli/embedded/run.ts'

/** What the numbers depend on; nothing that names a machine. */
export interface Machine {
  readonly cores: number
  readonly memoryGiB: number
  readonly system: string
  readonly node: string
  readonly temporalServer: string
  readonly temporalSdk: string
}

/** Describes the machine that the bench runs on. */
export async function describeMachine(): Promise<Machine> {
  const cli = await run(await findTemporalCli(), ['--version'], { env: process.env, timeoutMs: 20_000 })
  const sdk = createRequire(import.meta.url).resolve('@temporalio/worker/package.json')
  return {
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    system: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    temporalServer: /Server (\d[\d.]*)/.exec(cli.stdout)?.[1] ?? 'unknown',
    temporalSdk: (JSON.parse(await readFile(sdk, 'utf8')) as { version: string }).version,
  }
}
