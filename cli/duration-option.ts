import { durationForm, parseDuration } from '../rollout/duration.ts'
import { exitCodes } from '../rollout/outcome.ts'
import { CliFailure } from './failure.ts'

/** @throws CliFailure for what is no duration */
export function parseTimeout(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const milliseconds = parseDuration(text)
  if (milliseconds === null)
    throw new CliFailure(exitCodes.usage, `--timeout ${text}: must be ${durationForm}`)
  return milliseconds
}
