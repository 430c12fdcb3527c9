import { serve } from './core/server.ts'
import { applySeed, type Seed } from './core/seed.ts'
import type { Service } from './core/types.ts'
import { createWorld, type SandboxWorld } from './core/world.ts'
import { services as all } from './services.ts'

/** A running sandbox. */
export interface Sandbox {
  /** For `AWS_ENDPOINT_URL`, and for the `endpoint` of any SDK client (S3 with `forcePathStyle`). */
  readonly url: string
  readonly world: SandboxWorld
  /** Forgets everything and begins with another seed; throws RangeError for one it does not understand. */
  renew(seed: Seed): Promise<void>
  close(): Promise<void>
}

/** How to start one; every member has a default. */
export interface SandboxOptions {
  /** 0, the default, takes a free port of 127.0.0.1. */
  readonly port?: number
  /** Sandbox seconds per real second, default 1; durations are divided by it, time stamps are not. */
  readonly clockRate?: number
  readonly randomSeed?: number
  /** What exists from the start, and again after a reset; see docs/sandbox.md. */
  readonly seed?: Seed
  /** The services to serve; all by default. */
  readonly services?: readonly Service[]
}

/** Starts the simulated AWS. Throws RangeError for a seed it does not understand. */
export const startSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const { port, clockRate, randomSeed, seed } = options
  const world = createWorld({ clockRate, randomSeed })
  const services = options.services ? new Map(options.services.map((one) => [one.service, one])) : all
  const server = await serve(world, services, { port, seed })
  return {
    url: server.url,
    world,
    async renew(other) {
      world.reset()
      await applySeed(world, services, other)
    },
    async close() {
      world.reset()
      await server.close()
    },
  }
}
