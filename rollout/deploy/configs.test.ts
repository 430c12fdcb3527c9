import { describe, expect, it } from 'vitest'
import type { ConfigRequest, EndpointFacts } from '../facts.ts'
import type { PlannedTarget } from '../plan/types.ts'
import { bakeConfig, createConfig, finalConfig, revertChoice } from './configs.ts'
import { fingerprintOf } from './fingerprint.ts'

const target: PlannedTarget = {
  key: '333333333333/eu-west-1/fraud',
  account: 'prod',
  accountId: '333333333333',
  region: 'eu-west-1',
  endpoint: 'fraud',
  stage: 'production',
  wave: 1,
  action: 'update',
  stableVariant: 'AllTraffic',
  names: {
    model: 'fraud-v38-aaaaaaaa',
    bakeConfig: 'fraud-v38-bake-aaaaaaaa',
    finalConfig: 'fraud-v38-final-aaaaaaaa',
    revertConfig: 'fraud-v38-back-aaaaaaaa',
    candidateVariant: 'c-aaaaaaaa',
  },
  candidate: {
    instanceCount: 2,
    variant: { InstanceType: 'ml.m5.xlarge', ContainerStartupHealthCheckTimeoutInSeconds: 600 },
    config: { KmsKeyId: 'key' },
    model: { executionRole: 'arn:aws:iam::333333333333:role/x', environment: {} },
    tags: {},
  },
  rewrites: { artifacts: {}, images: {} },
  alarms: [],
  differences: [],
  firstWeight: 10,
}

const config: ConfigRequest = {
  KmsKeyId: 'key',
  ProductionVariants: [
    {
      VariantName: 'AllTraffic',
      ModelName: 'fraud-v37',
      InstanceType: 'ml.m5.large',
      InitialInstanceCount: 2,
      InitialVariantWeight: 1,
      RoutingConfig: { RoutingStrategy: 'RANDOM' },
    },
  ],
}

const endpoint = (count: number, weight = 1): EndpointFacts => ({
  name: 'fraud',
  arn: 'arn:aws:sagemaker:eu-west-1:333333333333:endpoint/fraud',
  status: 'InService',
  createdAt: '2026-01-01T00:00:00.000Z',
  configName: 'fraud-v37-final',
  tags: {},
  features: [],
  variants: [
    {
      name: 'AllTraffic',
      currentWeight: weight,
      desiredWeight: weight,
      currentCount: count,
      desiredCount: count,
      images: [],
    },
  ],
})

describe('bakeConfig', () => {
  it('writes the live count that autoscaling reached, not the config one, and keeps every other member', () => {
    const request = bakeConfig({ config, endpoint: endpoint(17, 0.5) }, target)
    expect(request.ProductionVariants[0]).toEqual({
      ...config.ProductionVariants[0],
      InitialInstanceCount: 17,
      InitialVariantWeight: 0.5,
    })
  })

  it('adds the candidate at weight 0 with the instances that the first step needs', () => {
    const request = bakeConfig({ config, endpoint: endpoint(17) }, target)
    expect(request.ProductionVariants[1]).toEqual({
      InstanceType: 'ml.m5.xlarge',
      ContainerStartupHealthCheckTimeoutInSeconds: 600,
      VariantName: 'c-aaaaaaaa',
      ModelName: 'fraud-v38-aaaaaaaa',
      InitialInstanceCount: 2,
      InitialVariantWeight: 0,
    })
  })
})

describe('finalConfig', () => {
  it('serves the new model under the name of stable, and drops the candidate', () => {
    const request = finalConfig({ config, endpoint: endpoint(2, 3) }, target, 5)
    expect(request.ProductionVariants).toEqual([
      {
        InstanceType: 'ml.m5.xlarge',
        ContainerStartupHealthCheckTimeoutInSeconds: 600,
        VariantName: 'AllTraffic',
        ModelName: 'fraud-v38-aaaaaaaa',
        InitialInstanceCount: 5,
        InitialVariantWeight: 3,
      },
    ])
    expect(request.KmsKeyId).toBe('key')
  })

  it('leaves a variant that stood idle before the rollout as it was', () => {
    const idle = {
      VariantName: 'spare',
      ModelName: 'fraud-v30',
      InitialInstanceCount: 1,
      InitialVariantWeight: 0,
    }
    const before = endpoint(2)
    const request = finalConfig(
      {
        config: { ProductionVariants: [...config.ProductionVariants, idle] },
        endpoint: {
          ...before,
          variants: [
            ...before.variants,
            {
              name: 'spare',
              currentWeight: 0,
              desiredWeight: 0,
              currentCount: 1,
              desiredCount: 1,
              images: [],
            },
          ],
        },
      },
      target,
      2,
    )
    expect(request.ProductionVariants.map((variant) => variant.VariantName)).toEqual(['AllTraffic', 'spare'])
    expect(request.ProductionVariants[1]).toEqual(idle)
  })
})

describe('createConfig', () => {
  it('is one variant with all the traffic', () => {
    expect(createConfig(target).ProductionVariants).toEqual([
      expect.objectContaining({
        VariantName: 'AllTraffic',
        InitialInstanceCount: 2,
        InitialVariantWeight: 1,
      }),
    ])
  })
})

describe('revertChoice', () => {
  it('copies the config when autoscaling has moved the count, so that going back resets nothing', () => {
    const choice = revertChoice({ config, endpoint: endpoint(2) }, endpoint(9))
    expect(choice).toEqual({
      copy: {
        ...config,
        ProductionVariants: [{ ...config.ProductionVariants[0], InitialInstanceCount: 9 }],
      },
    })
  })

  it('copies the config when its weights were stale before the rollout', () => {
    expect(revertChoice({ config, endpoint: endpoint(2, 4) }, endpoint(2, 4))).toHaveProperty('copy')
  })

  it('goes back to the original when that changes nothing', () => {
    expect(revertChoice({ config, endpoint: endpoint(2) }, endpoint(2))).toEqual({
      config: 'fraud-v37-final',
    })
  })

  it('restores the weights from before the rollout even if live ones are still shifted', () => {
    const shifted = endpoint(3, 0)
    const choice = revertChoice({ config, endpoint: endpoint(2) }, shifted)
    expect('copy' in choice && choice.copy.ProductionVariants[0]?.InitialVariantWeight).toBe(1)
  })
})

describe('fingerprintOf', () => {
  it('ignores instance counts, which autoscaling moves', () => {
    expect(fingerprintOf(endpoint(2))).toEqual(fingerprintOf(endpoint(9)))
    expect(fingerprintOf(endpoint(2, 1))).not.toEqual(fingerprintOf(endpoint(2, 2)))
  })
})
