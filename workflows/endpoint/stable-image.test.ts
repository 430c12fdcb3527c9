import { describe, expect, it } from 'vitest'
import type { EndpointFacts } from '../../rollout/facts.ts'
import { EndpointContext } from './context.ts'
import { instructionsFor } from './instructions.ts'
import { tellOfMovedImage } from './stable-image.ts'

const endpointWith = (image: string): EndpointFacts => ({
  name: 'fraud',
  arn: 'arn:aws:sagemaker:eu-west-1:111111111111:endpoint/fraud',
  status: 'InService',
  createdAt: '2026-11-21T10:00:00.000Z',
  configName: 'fraud-config',
  variants: [
    {
      name: 'AllTraffic',
      currentWeight: 1,
      desiredWeight: 1,
      currentCount: 2,
      desiredCount: 2,
      images: [image],
    },
  ],
  tags: {},
  features: [],
})
const before = endpointWith('fraud@sha256:old')
const after = endpointWith('fraud@sha256:new')

function contextOf(): EndpointContext {
  const ctx = new EndpointContext({
    rolloutId: 'fraud-38-x7k2p9ab',
    clockRate: 1,
    parent: { workflowId: 'rollout/fraud-38-x7k2p9ab', runId: 'run' },
    target: {
      key: '111111111111/eu-west-1/fraud',
      account: 'prod',
      accountId: '111111111111',
      region: 'eu-west-1',
      endpoint: 'fraud',
    },
    source: { arn: 'arn', place: { accountId: '111111111111', region: 'eu-west-1' } },
    watch: {} as EndpointContext['input']['watch'],
    waiters: [],
  })
  ctx.snapshot = { endpoint: before, config: null, scaling: [] }
  return ctx
}

describe('stable that came back with another image', () => {
  it('is told to a person although somebody said retry before, for whatever reason', () => {
    const ctx = contextOf()
    ctx.retryRequested = true
    expect(() => tellOfMovedImage(ctx, after)).toThrow(/image changed .*sha256:old → fraud@sha256:new/)
  })

  it('is accepted when they say retry after that, and not by itself', () => {
    const ctx = contextOf()
    expect(() => tellOfMovedImage(ctx, after)).toThrow(/image changed/)
    expect(() => tellOfMovedImage(ctx, after)).toThrow(/image changed/)
    ctx.retryRequested = true
    tellOfMovedImage(ctx, after)
  })

  it('is nothing to tell when it is the same one', () => {
    tellOfMovedImage(contextOf(), before)
  })
})

it('the commands for a person start stable anew only where it would come back as it runs', () => {
  const ctx = contextOf()
  const update = /^aws sagemaker update-endpoint .* --endpoint-config-name fraud-config$/
  expect(instructionsFor(ctx)).toContainEqual(expect.stringMatching(update))
  ctx.stableInDoubt = true
  expect(instructionsFor(ctx)).not.toContainEqual(expect.stringMatching(update))
  expect(instructionsFor(ctx).at(-1)).toBe('sluice retry fraud-38-x7k2p9ab')
})
