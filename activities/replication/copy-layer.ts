import {
  BatchCheckLayerAvailabilityCommand,
  CompleteLayerUploadCommand,
  GetDownloadUrlForLayerCommand,
  InitiateLayerUploadCommand,
  UploadLayerPartCommand,
} from '@aws-sdk/client-ecr'
import { Context } from '@temporalio/activity'
import { awsAnswer } from '../aws/predicates.ts'
import { fail } from '../failure.ts'
import { roomForLayerPart, withoutBytes, writeLayerPart } from './layer-part-body.ts'
import type { Blob, Repository } from './manifest.ts'
import { pieces } from './pieces.ts'
import { transferTimeout } from './transfer-time.ts'

/** ECR takes 5 to 20 MiB. A part is base64 inside JSON, so that it costs two and a half times its size in memory. */
const PART = 10 * 1024 ** 2
const BROKEN_DOWNLOADS = 5

/**
 * Streams one layer from repository to repository: never more than one part of it is in memory. A download that breaks goes
 * on where it was. A layer that is there meanwhile is fine; ECR computes the digest itself and refuses another.
 */
export async function copyLayer(
  from: Repository,
  to: Repository,
  blob: Blob,
  onBytes: (bytes: number) => void,
): Promise<'copied' | 'skipped'> {
  const target = { registryId: to.registryId, repositoryName: to.name }
  const { uploadId, partSize = PART } = await to.ecr.send(new InitiateLayerUploadCommand(target))
  const size = Math.min(partSize, PART)
  const room = roomForLayerPart(size)
  let sent = 0
  for await (const part of pieces(download(from, blob), size)) {
    const last = sent + part.length - 1
    const upload = new UploadLayerPartCommand({
      ...target,
      uploadId,
      partFirstByte: sent,
      partLastByte: last,
      ...withoutBytes,
    })
    writeLayerPart(upload, part, room)
    await to.ecr
      .send(upload, { requestTimeout: transferTimeout(part.length, 'worker') })
      .catch((error: unknown) => {
        if (!hasArrived(error, last)) throw error
      })
    sent += part.length
    onBytes(part.length)
  }
  try {
    await to.ecr.send(new CompleteLayerUploadCommand({ ...target, uploadId, layerDigests: [blob.digest] }))
    return 'copied'
  } catch (error) {
    const name = awsAnswer(error)?.name
    if (name === 'LayerAlreadyExistsException') return 'skipped'
    // An upload that is complete is an upload no more.
    if (name === 'UploadNotFoundException' && (await isThere(to, blob))) return 'copied'
    throw error
  }
}

/** The answer to this part was lost, and ECR takes none twice: it says how far it has come. */
function hasArrived(error: unknown, lastByte: number): boolean {
  const answer = awsAnswer(error)
  return answer?.name === 'InvalidLayerPartException' && answer.lastValidByteReceived === lastByte
}

async function isThere({ ecr, registryId, name }: Repository, { digest }: Blob): Promise<boolean> {
  const { layers = [] } = await ecr.send(
    new BatchCheckLayerAvailabilityCommand({ registryId, repositoryName: name, layerDigests: [digest] }),
  )
  return layers.some((layer) => layer.layerDigest === digest && layer.layerAvailability === 'AVAILABLE')
}

/** The bytes of a layer, over as many connections as it takes. The link is presigned and is never shown or kept. */
async function* download(
  { ecr, registryId, name }: Repository,
  { digest, bytes }: Blob,
): AsyncGenerator<Uint8Array> {
  const abort = Context.current().cancellationSignal
  let received = 0
  for (let broken = 0; received < bytes;) {
    const { downloadUrl } = await ecr.send(
      new GetDownloadUrlForLayerCommand({ registryId, repositoryName: name, layerDigest: digest }),
    )
    const before = received
    try {
      const response = await fetch(downloadUrl!, {
        headers: received > 0 ? { range: `bytes=${received}-` } : {},
        signal: abort,
      })
      if (!response.ok || !response.body || (received > 0 && response.status !== 206)) {
        await response.body?.cancel()
        throw new Error(`HTTP ${response.status}`)
      }
      for await (const chunk of response.body) {
        received += chunk.length
        yield chunk
      }
      if (received < bytes) throw new Error('the connection ended early')
    } catch (error) {
      if (abort.aborted) throw error
      broken = received > before ? 0 : broken + 1
      if (broken >= BROKEN_DOWNLOADS) {
        throw fail(
          'Transient',
          `Layer ${digest} of ECR ${registryId}/${name} could not be downloaded (${received} of ${bytes} bytes): ` +
            `${error instanceof Error ? error.message : 'unknown'}. It is tried again.`,
        )
      }
    }
  }
}
