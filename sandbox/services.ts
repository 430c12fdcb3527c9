import type { Service, ServiceName } from './core/types.ts'
import { autoscaling } from './autoscaling/service.ts'
import { cloudwatch } from './cloudwatch/service.ts'
import { ecr } from './ecr/service.ts'
import { quotas } from './quotas/service.ts'
import { s3 } from './s3/service.ts'
import { runtime, sagemaker } from './sagemaker/service.ts'
import { sns } from './sns/service.ts'
import { sts } from './sts/service.ts'

/** Every simulated service; the order is the order in which a seed is planted. */
export const services: ReadonlyMap<ServiceName, Service> = new Map(
  [sts, s3, ecr, quotas, sagemaker, runtime, cloudwatch, autoscaling, sns].map((service) => [
    service.service,
    service,
  ]),
)
