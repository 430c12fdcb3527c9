import type { Fault, FaultScope } from './types.ts'

/**
 * A fault to arm. Without `times`, `forMs`, `probability` or `cycle` it acts once.
 *
 * Kinds the core acts out on any call: `throttle`, `error` (`with: { code, message, status }`), `access-denied`,
 * `internal-error`, `reset` (connection reset before the call is applied), `hang` (no answer until the client gives up),
 * `slow` (`with: { ms }`), `lose-answer` (applied, then `with.as`: `reset` (default) or `error`: a 500). Every other kind
 * is taken by the service that knows it.
 */
export interface FaultRequest extends FaultScope {
  readonly kind: string
  /** How often it acts; no limit when only `forMs`, `probability` or `cycle` is given. */
  readonly times?: number
  /** Real milliseconds from now. */
  readonly forMs?: number
  /** Chance in (0, 1] that a matching call is hit. */
  readonly probability?: number
  /** Matching calls to let through first. */
  readonly skip?: number
  /** Over and over: hits so many of the matching calls, then lets so many through, counted by resource. */
  readonly cycle?: { readonly hit: number; readonly pass: number }
  readonly with?: Readonly<Record<string, unknown>>
}

/** An armed fault with how often it acted. */
export interface ArmedFault extends Fault {
  readonly left: number | undefined
  readonly until: number | undefined
  readonly probability: number
  readonly skip: number
  readonly cycle: FaultRequest['cycle']
  readonly taken: number
}

/** The armed faults of one world. */
export interface FaultRegistry {
  arm(request: FaultRequest): ArmedFault
  list(): readonly ArmedFault[]
  /** Removes one fault, or all; returns how many. */
  clear(id?: string): number
  take(kind: string, where: FaultScope): Fault | undefined
}

const matchesText = (wanted: string | undefined, found: string | undefined) =>
  wanted === undefined ||
  wanted === '*' ||
  (wanted.endsWith('*') ? found?.startsWith(wanted.slice(0, -1)) === true : wanted === found)

const SCOPES = ['service', 'operation', 'accountId', 'region', 'name'] as const

/** Faults are tried in the order in which they were armed; the first that matches is used up by one. */
export const createFaults = (now: () => number, random: () => number): FaultRegistry => {
  let faults: ArmedFault[] = []
  let count = 0
  const seen = new Map<string, number>()
  const update = (fault: ArmedFault, change: Partial<ArmedFault>) => {
    faults = faults.map((other) => (other === fault ? { ...fault, ...change } : other))
  }
  const drop = () => {
    faults = faults.filter((fault) => fault.left !== 0 && (fault.until === undefined || fault.until > now()))
  }
  /** Counts a matching call of its resource, and says whether it is one of those to hit. */
  const isHit = ({ id, cycle }: ArmedFault, { service, operation, accountId, region, name }: FaultScope) => {
    if (!cycle) return true
    const key = JSON.stringify([id, service, operation, accountId, region, name])
    const before = seen.get(key) ?? 0
    seen.set(key, before + 1)
    return before % (cycle.hit + cycle.pass) < cycle.hit
  }
  return {
    arm(request) {
      const { times, forMs, probability = 1, skip = 0, cycle } = request
      const unlimited = forMs !== undefined || request.probability !== undefined || cycle !== undefined
      const fault: ArmedFault = {
        id: `fault-${++count}`,
        kind: request.kind,
        ...Object.fromEntries(
          SCOPES.filter((scope) => request[scope]).map((scope) => [scope, request[scope]]),
        ),
        with: request.with ?? {},
        left: times ?? (unlimited ? undefined : 1),
        until: forMs === undefined ? undefined : now() + forMs,
        probability,
        skip,
        cycle,
        taken: 0,
      }
      faults = [...faults, fault]
      return fault
    },
    list() {
      drop()
      return faults
    },
    clear(id) {
      const before = faults.length
      faults = id === undefined ? [] : faults.filter((fault) => fault.id !== id)
      return before - faults.length
    },
    take(kind, where) {
      drop()
      for (const fault of faults) {
        if (fault.kind !== kind || !SCOPES.every((scope) => matchesText(fault[scope], where[scope]))) continue
        if (fault.skip > 0) {
          update(fault, { skip: fault.skip - 1 })
          continue
        }
        if (!isHit(fault, where)) continue
        if (fault.probability < 1 && random() >= fault.probability) continue
        update(fault, { left: fault.left === undefined ? undefined : fault.left - 1, taken: fault.taken + 1 })
        return fault
      }
      return undefined
    },
  }
}
