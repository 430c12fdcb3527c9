/**
 * The CloudWatch metrics of an endpoint's variant that an alarm of ours may look at, from the SageMaker developer guide.
 * Latencies are microseconds in CloudWatch.
 */
export const watchMetrics = {
  ModelLatency: { namespace: 'AWS/SageMaker', measures: 'latency' },
  OverheadLatency: { namespace: 'AWS/SageMaker', measures: 'latency' },
  Invocation4XXErrors: { namespace: 'AWS/SageMaker', measures: 'errors' },
  Invocation5XXErrors: { namespace: 'AWS/SageMaker', measures: 'errors' },
  InvocationModelErrors: { namespace: 'AWS/SageMaker', measures: 'errors' },
  CPUUtilization: { namespace: '/aws/sagemaker/Endpoints', measures: 'percent' },
  MemoryUtilization: { namespace: '/aws/sagemaker/Endpoints', measures: 'percent' },
  GPUUtilization: { namespace: '/aws/sagemaker/Endpoints', measures: 'percent' },
  GPUMemoryUtilization: { namespace: '/aws/sagemaker/Endpoints', measures: 'percent' },
  DiskUtilization: { namespace: '/aws/sagemaker/Endpoints', measures: 'percent' },
} as const satisfies Record<string, { namespace: string; measures: 'latency' | 'errors' | 'percent' }>

export type WatchMetric = keyof typeof watchMetrics

export function isWatchMetric(name: string): name is WatchMetric {
  return Object.hasOwn(watchMetrics, name)
}
