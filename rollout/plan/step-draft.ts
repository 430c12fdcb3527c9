import type { Approval } from '../document/types.ts'
import type { PlannedStep } from './types.ts'

/** A step before it has its number. */
export type StepDraft = Omit<PlannedStep, 'number'>

/** `2 approvals from ml-leads, sam`. */
export function askWhom({ required, from }: Approval): string {
  return `${required === 1 ? 'an approval' : `${required} approvals`} from ${from.join(', ') || 'nobody'}`
}
