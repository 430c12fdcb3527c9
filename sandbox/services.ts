import type { Service, ServiceName } from './core/types.ts'
import { ecr } from './ecr/service.ts'
import { s3 } from './s3/service.ts'
import { sts } from './sts/service.ts'

/** Every simulated service; the order is the order in which a seed is planted. */
export const services: ReadonlyMap<ServiceName, Service> = new Map(
  [sts, s3, ecr].map((service) => [service.service, service]),
)
