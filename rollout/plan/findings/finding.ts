import type { PlanContext } from '../context.ts'
import type { Finding, Plan } from '../types.ts'
import type { FindingCode } from './codes.ts'

/** What is planned so far, as findings see it. */
export type Planned = Pick<Plan, 'steps' | 'promote' | 'artifacts' | 'images' | 'staging' | 'targets'>

/** One family of findings. Reads only; each family is a file of its own. */
export type Find = (context: PlanContext, planned: Planned) => readonly Finding[]

interface Place {
  readonly path?: string
  readonly target?: string
}

export function error(code: FindingCode, at: Place, message: string, cure: string): Finding {
  return { severity: 'error', code, ...at, message, cure }
}

export function warning(code: FindingCode, at: Place, message: string, cure: string): Finding {
  return { severity: 'warning', code, ...at, message, cure }
}
