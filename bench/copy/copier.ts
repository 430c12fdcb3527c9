import { createAws } from '../../activities/aws/clients.ts'
import type { CopyResult } from '../../activities/contract.ts'
import { createCopyArtifact } from '../../activities/replication/copy-artifact.ts'
import { createCopyImage } from '../../activities/replication/copy-image.ts'
import type { ArtifactCopy, ImageCopy } from '../../rollout/plan/types.ts'
import { activityContext } from '../../test/support/accounts.ts'
import { usageOf } from '../support/process-usage.ts'

/** One copy to make, with the activity of the worker that makes it. */
export type CopyJob =
  | { readonly kind: 'artifact'; readonly copy: ArtifactCopy }
  | { readonly kind: 'image'; readonly copy: ImageCopy }

/** What it came to. */
export interface CopyTaken {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly result: CopyResult
}

/** A process that does nothing but run the worker's own copying activities, so that its memory is theirs. */
const aws = createAws()
const rolloutId = 'bench-38-abcd1234'

async function run(job: CopyJob): Promise<CopyTaken> {
  const before = await usageOf(process.pid)
  const began = performance.now()
  const result =
    job.kind === 'artifact'
      ? await activityContext().run(createCopyArtifact({ aws }), { rolloutId, copy: job.copy })
      : await activityContext().run(createCopyImage({ aws, clockRate: 1 }), { rolloutId, copy: job.copy })
  const seconds = (performance.now() - began) / 1_000
  const after = await usageOf(process.pid)
  return { seconds, cpuSeconds: after.cpuSeconds - before.cpuSeconds, result: result as CopyResult }
}

/** Nothing is a question whether it is there. */
process.on('message', (job: CopyJob | null) => {
  if (job === null) return void process.send?.({})
  run(job).then(
    (taken) => process.send?.(taken),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
      process.exit(1)
    },
  )
})
process.once('disconnect', () => process.exit(0))
