import { RandomIdGenerator, type IdGenerator } from '@opentelemetry/sdk-trace-base'

/** Random ids, but for spans whose id is known already. */
export class ChosenIds implements IdGenerator {
  private readonly random = new RandomIdGenerator()
  private chosen: string | undefined

  /** A span that is begun within `begin` gets this id, if there is one. */
  during<T>(spanId: string | undefined, begin: () => T): T {
    this.chosen = spanId
    try {
      return begin()
    } finally {
      this.chosen = undefined
    }
  }

  generateTraceId(): string {
    return this.random.generateTraceId()
  }

  generateSpanId(): string {
    return this.chosen ?? this.random.generateSpanId()
  }
}
