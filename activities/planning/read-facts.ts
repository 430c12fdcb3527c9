import { freezesBetween } from '../../rollout/calendar/occurrences.ts'
import { packagePlace, placeOf, productionTargets, stagingTarget } from '../../rollout/document/targets.ts'
import type { Document } from '../../rollout/document/types.ts'
import type { Facts } from '../../rollout/facts.ts'
import { inParallel } from '../aws/in-parallel.ts'
import { findImages, findReferences } from '../registry/package-parts.ts'
import { readArtifacts } from './read-artifacts.ts'
import { readBucket } from './read-destinations.ts'
import { readImages } from './read-images.ts'
import { readDescribed, toPackageFacts } from './read-package.ts'
import { readPromote } from './read-promote.ts'
import { readTarget } from './read-target.ts'
import { isUnreadable, type Reading } from './reading.ts'

const TARGETS_AT_A_TIME = 8
const WEEK_MS = 7 * 24 * 60 * 60_000

/**
 * Reads AWS and Temporal for one document, and changes nothing. What cannot be read is in the facts with its reason; only
 * what AWS may answer later is thrown, so that the reading starts again.
 */
export async function readFacts(reading: Reading, document: Document): Promise<Facts> {
  const now = Date.now()
  const place = packagePlace(document)
  const described = await readDescribed(reading, document)
  const known = isUnreadable(described) ? {} : described
  const [artifacts, images] = await Promise.all([
    readArtifacts(reading, place, findReferences(known)),
    readImages(reading, place, findImages(known)),
  ])
  const staging = stagingTarget(document)
  const all = [...(staging ? [staging] : []), ...productionTargets(document)]
  const [promote, targets, record] = await Promise.all([
    readPromote(reading, document, described, images),
    inParallel(all, TARGETS_AT_A_TIME, (target) => readTarget(reading, document, target, images)),
    // Wherever it is: a record is read by people, not by SageMaker.
    document.record &&
      readBucket(reading, placeOf(document, document.record.account, place.region), document.record.to, {
        anyRegion: true,
      }),
  ])
  return {
    readAt: new Date(now).toISOString(),
    clockRate: reading.clockRate,
    package: isUnreadable(described) ? described : toPackageFacts(document.model.package, described),
    artifacts,
    images,
    ...(promote && { promote }),
    targets: Object.fromEntries(targets.map((facts) => [facts.key, facts])),
    freezes: freezesBetween(
      [...reading.calendar.freezes(), ...(document.production.freezes ?? [])],
      document.name,
      now,
      now + WEEK_MS,
    ),
    ...(record && { record }),
  }
}
