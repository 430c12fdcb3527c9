import type { Activities } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { createCopyArtifact } from './copy-artifact.ts'
import { createCopyImage } from './copy-image.ts'

/** Copies of artifacts and images to other accounts and Regions. */
export function createReplicationActivities(
  dependencies: Dependencies,
): Pick<Activities, 'copyArtifact' | 'copyImage'> {
  return { copyArtifact: createCopyArtifact(dependencies), copyImage: createCopyImage(dependencies) }
}
