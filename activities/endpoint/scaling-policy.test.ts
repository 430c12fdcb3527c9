import { expect, it } from 'vitest'
import { policyFor } from './scaling-policy.ts'

const tracking = {
  PolicyName: 'cpu',
  PolicyType: 'TargetTrackingScaling',
  TargetTrackingScalingPolicyConfiguration: {
    TargetValue: 60,
    CustomizedMetricSpecification: {
      MetricName: 'CPUUtilization',
      Namespace: '/aws/sagemaker/Endpoints',
      Dimensions: [
        { Name: 'EndpointName', Value: 'blue' },
        { Name: 'VariantName', Value: 'blue' },
      ],
      Statistic: 'Average',
    },
  },
}

it('looks at the candidate where the original looks at stable, and at nothing else', () => {
  const copy = policyFor(tracking, 'blue', 'c-1')
  expect(copy?.TargetTrackingScalingPolicyConfiguration?.CustomizedMetricSpecification?.Dimensions).toEqual([
    { Name: 'EndpointName', Value: 'blue' },
    { Name: 'VariantName', Value: 'c-1' },
  ])
  expect(copy?.TargetTrackingScalingPolicyConfiguration?.TargetValue).toBe(60)
})

it('does not copy step policies, which nothing would trigger', () => {
  expect(policyFor({ ...tracking, PolicyType: 'StepScaling' }, 'blue', 'c-1')).toBeNull()
})
