import { Context } from '@temporalio/activity'
import type { Activities, CopyProgress, CopyResult } from '../contract.ts'
import { inParallel } from '../aws/in-parallel.ts'
import type { Dependencies } from '../dependencies.ts'
import { fail } from '../failure.ts'
import { heartbeating } from '../heartbeat.ts'
import { copyObject, type OpenUpload } from './copy-object.ts'
import { listObjects, pinListing } from './list-objects.ts'
import { abortUpload } from './multipart.ts'
import { formatS3, parseS3, type S3Address } from './s3-address.ts'
import { changed, type SourceObject } from './source-object.ts'

/** `CopyProgress` with what the next attempt takes up: open uploads by destination key. */
interface ArtifactProgress extends CopyProgress {
  readonly uploads: Readonly<Record<string, OpenUpload>>
}

const OBJECTS_AT_A_TIME = 6

/** Copies one `s3://` reference of a package, an object or everything below a prefix, to one account and Region. */
export function createCopyArtifact({ aws }: Pick<Dependencies, 'aws'>): Activities['copyArtifact'] {
  return async ({ rolloutId, copy }) => {
    const context = Context.current()
    const before = context.info.heartbeatDetails as ArtifactProgress | undefined
    const uploads: Record<string, OpenUpload> = { ...before?.uploads }
    const reader = aws.s3(copy.from, rolloutId)
    const writer = aws.s3(copy.to, rolloutId)
    const destination = parseS3(copy.destination)
    const owner = copy.to.accountId
    let objects = 0
    let bytes = 0
    let skipped = 0
    let objectsTotal = copy.objects
    const progress = (): ArtifactProgress => ({
      objects,
      objectsTotal,
      bytes: Math.min(bytes, copy.bytes),
      bytesTotal: copy.bytes,
      uploads,
    })
    const remember = (key: string, upload: OpenUpload | undefined) => {
      if (upload) uploads[key] = upload
      else delete uploads[key]
      context.heartbeat(progress())
    }

    return heartbeating(progress, async (): Promise<CopyResult> => {
      try {
        const sources = await findSources()
        objectsTotal = sources.length
        await inParallel(sources, OBJECTS_AT_A_TIME, async ({ source, key }) => {
          const done = await copyObject({
            rolloutId,
            source,
            destination: { bucket: destination.bucket, key, owner },
            kmsKey: copy.kmsKey,
            reader,
            writer,
            open: uploads[key],
            onUpload: (upload) => remember(key, upload),
            onBytes: (copied) => (bytes += copied),
          })
          objects++
          if (done === 'skipped') skipped++
        })
        return { destination: copy.destination, objects, bytes: copy.bytes, skipped }
      } catch (error) {
        if (isFinal(error, context)) await freeUploads()
        throw error
      }
    })

    async function findSources(): Promise<{ readonly source: SourceObject; readonly key: string }[]> {
      const address = parseS3(copy.source)
      if (copy.kind === 'object') return [{ source: { ...address, ...copy.pin }, key: destination.key }]
      const listed = await listObjects(reader, address)
      const found = pinListing(address.key, listed)
      if (found.etag !== copy.pin.etag) {
        throw changed(
          { ...address, etag: copy.pin.etag },
          `objects below it were added, removed or overwritten`,
        )
      }
      const keyOf = (key: string) => destination.key + key.slice(address.key.length)
      await refuseStrangers(new Set(listed.map(({ key }) => keyOf(key))))
      return listed.map(({ key, etag }) => ({
        source: { bucket: address.bucket, key, etag },
        key: keyOf(key),
      }))
    }

    /** A model that is a prefix is everything below it: what else lies there would be served with it. */
    async function refuseStrangers(expected: ReadonlySet<string>): Promise<void> {
      const strangers = (await listObjects(writer, destination, owner)).filter(
        ({ key }) => !expected.has(key),
      )
      if (strangers.length === 0) return
      const first: S3Address = { bucket: destination.bucket, key: strangers[0]!.key }
      throw fail(
        'Conflict',
        `${copy.destination} holds ${strangers.length} objects that are not in ${copy.source}, the first is ${formatS3(first)}. ` +
          'They would become part of the model. Remove them, or choose another address in replicate.artifacts.',
      )
    }

    async function freeUploads(): Promise<void> {
      for (const [key, upload] of Object.entries(uploads)) {
        await abortUpload(writer, { bucket: destination.bucket, key, owner }, upload.id).catch(() => {})
        delete uploads[key]
      }
    }
  }
}

/** Whether no later attempt will take this copy up: it failed for good, or the rollout gave it up. */
function isFinal(error: unknown, context: Context): boolean {
  if (context.cancellationSignal.aborted) return context.cancellationDetails?.cancelRequested ?? false
  return (error as { nonRetryable?: boolean | null }).nonRetryable === true
}
