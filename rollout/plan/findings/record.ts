import type { Find } from './finding.ts'
import { error } from './finding.ts'

/** The bucket of the record, which must outlive everything else. */
export const findRecord: Find = ({ document, facts }) => {
  const bucket = facts.record
  if (!document.record || !bucket || (bucket.exists && bucket.problem === undefined)) return []
  return [
    error(
      'record-unusable',
      { path: 'record.to' },
      bucket.exists
        ? `the record cannot be written to ${document.record.to}: ${bucket.problem}`
        : `bucket ${bucket.name} of the record does not exist`,
      'create the bucket and let the account’s role write to it, or leave `record` out',
    ),
  ]
}
