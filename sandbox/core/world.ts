import { createCallLog, type CallLog } from './calls.ts'
import { createClock, type SandboxClock } from './clock.ts'
import { createEventLog, type EventLog } from './events.ts'
import { createFaults, type FaultRegistry } from './faults.ts'
import type { World } from './types.ts'

/** A default latency, real milliseconds, per class of operation (`Describe`, `List`, `Get`, `Head`, `Batch` are reads). */
export interface Latency {
  readonly readMs: number
  readonly writeMs: number
}

/** A world with what only the core and the control API touch. */
export interface SandboxWorld extends World {
  readonly clock: SandboxClock
  readonly faults: FaultRegistry
  readonly calls: CallLog
  readonly events: EventLog
  latency: Latency
  /** Forgets every resource, timer, fault, call and event. */
  reset(): void
}

const createRandom = (seed: number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** An empty world. `randomSeed` makes everything that is drawn by lot repeatable. */
export const createWorld = ({ clockRate = 1, randomSeed = 1 } = {}): SandboxWorld => {
  const clock = createClock(clockRate)
  const random = createRandom(randomSeed)
  const states = new Map<string, { service: string; accountId: string; region: string; state: unknown }>()
  const faults = createFaults(clock.now, random)
  const calls = createCallLog()
  const events = createEventLog(clock.now)
  return {
    clock,
    faults,
    calls,
    events,
    latency: { readMs: 0, writeMs: 0 },
    random,
    state<T>(service: string, accountId: string, region: string, create: () => T): T {
      const key = `${service} ${accountId} ${region}`
      const found = states.get(key)
      if (found) return found.state as T
      const state = create()
      states.set(key, { service, accountId, region, state })
      return state
    },
    states<T>(service: string) {
      return [...states.values()]
        .filter((entry) => entry.service === service)
        .map(({ accountId, region, state }) => ({ accountId, region, state: state as T }))
    },
    takeFault: (kind, where) => faults.take(kind, where),
    emit: (event) => void events.add(event),
    reset() {
      clock.cancelAll()
      states.clear()
      faults.clear()
      calls.clear()
      events.clear()
      events.setTargets([])
      this.latency = { readMs: 0, writeMs: 0 }
    },
  }
}
