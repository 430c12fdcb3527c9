import type { Service, ServiceName } from './core/types.ts'
import { sts } from './sts/service.ts'

/** Every simulated service; the order is the order in which a seed is planted. */
export const services: ReadonlyMap<ServiceName, Service> = new Map(
  [sts].map((service) => [service.service, service]),
)
