import type { Service, ServiceName } from './types.ts'
import type { SandboxWorld } from './world.ts'

/** What a world starts with: one key per kind of resource, each understood by the service that registered it. */
export type Seed = Readonly<Record<string, unknown>>

/** Makes what the seed lists, in the order of the services. Throws before anything is made when a key is unknown. */
export const applySeed = async (
  world: SandboxWorld,
  services: ReadonlyMap<ServiceName, Service>,
  seed: Seed,
): Promise<void> => {
  const known = [...services.values()].flatMap((service) => Object.entries(service.seeds ?? {}))
  const names = known.map(([name]) => name)
  const unknown = Object.keys(seed).filter((key) => !names.includes(key))
  if (unknown.length > 0) {
    throw new RangeError(`seed: unknown key ${unknown.join(', ')}; allowed: ${names.join(', ')}`)
  }
  for (const [name, plant] of known) if (seed[name] !== undefined) await plant(world, seed[name])
}
