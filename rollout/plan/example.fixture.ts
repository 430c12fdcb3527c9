import { readFileSync } from 'node:fs'
import { formatProblems, parseDocument } from '../document/parse.ts'
import { productionTargets, stagingTarget } from '../document/targets.ts'
import type { Document } from '../document/types.ts'
import type { EndpointFacts, Facts, TargetFacts } from '../facts.ts'

/** A document of `examples/`, parsed. */
export function exampleDocument(name = 'three-regions.yaml'): Document {
  const parsed = parseDocument(readFileSync(new URL(`../../examples/${name}`, import.meta.url), 'utf8'))
  if (!parsed.ok) throw new Error(formatProblems(parsed.problems))
  return parsed.document
}

export const digest = `sha256:${'ab'.repeat(32)}`
export const image = '111111111111.dkr.ecr.eu-west-1.amazonaws.com/fraud-scorer:serve'
export const artifact = 's3://models-111111111111-eu-west-1/fraud-scorer/38/model.tar.gz'

export function exampleEndpoint(name = 'fraud-scorer', count = 2): EndpointFacts {
  return {
    name,
    arn: `arn:aws:sagemaker:eu-west-1:333333333333:endpoint/${name}`,
    status: 'InService',
    createdAt: '2026-01-01T00:00:00.000Z',
    configName: 'fraud-scorer-v37',
    tags: {},
    features: [],
    variants: [
      {
        name: 'AllTraffic',
        currentWeight: 1,
        desiredWeight: 1,
        currentCount: count,
        desiredCount: count,
        images: [digest],
      },
    ],
  }
}

function exampleTarget(key: string, bucket: string, exists: boolean): TargetFacts {
  return {
    key,
    ...(exists
      ? {
          endpoint: exampleEndpoint(),
          config: {
            name: 'fraud-scorer-v37',
            createdBySluice: false,
            request: {
              ProductionVariants: [
                {
                  VariantName: 'AllTraffic',
                  ModelName: 'fraud-scorer-v37',
                  InstanceType: 'ml.m5.xlarge',
                  InitialInstanceCount: 2,
                  InitialVariantWeight: 1,
                },
              ],
            },
          },
          stableModel: {
            name: 'fraud-scorer-v37',
            problems: [],
            executionRole: `arn:aws:iam::${key.split('/')[0]}:role/model-execution`,
          },
          traffic: { perMinute: 2400 },
        }
      : {}),
    scaling: [],
    alarms: {},
    quotas: { 'ml.m5.xlarge': { limit: 20, used: 2 } },
    bucket: { name: bucket, exists: true },
    repositories: { 'fraud-scorer': { exists: true } },
    remapped: {},
  }
}

/** Facts with which the document has no findings: endpoints serve version 37, staging is empty. */
export function exampleFacts(document: Document): Facts {
  const staging = stagingTarget(document)
  const targets = [
    ...productionTargets(document).map(({ target }) => [target, true] as const),
    ...(staging ? [[staging.target, false] as const] : []),
  ]
  return {
    readAt: '2026-03-01T12:00:00.000Z',
    clockRate: 1,
    freezes: [],
    package: {
      arn: document.model.package,
      accountId: '111111111111',
      region: 'eu-west-1',
      group: 'fraud-scorer',
      version: 38,
      status: 'Completed',
      approval: 'Approved',
      containers: [{ image, artifacts: [artifact] }],
      references: [
        { uri: artifact, kind: 'object', field: 'InferenceSpecification.Containers[0].ModelDataUrl' },
      ],
      instanceTypes: [],
      refused: [],
    },
    artifacts: {
      [artifact]: {
        uri: artifact,
        kind: 'object',
        bytes: 12_345_678,
        objects: 1,
        pin: { etag: 'e1', versionId: 'v1' },
      },
    },
    images: {
      [image]: {
        image,
        kind: 'ecr',
        accountId: '111111111111',
        region: 'eu-west-1',
        repository: 'fraud-scorer',
        tag: 'serve',
        digest,
        bytes: 1_234_567_890,
      },
    },
    targets: Object.fromEntries(
      targets.map(([target, exists]) => [
        target.key,
        exampleTarget(target.key, `models-${target.accountId}-${target.region}`, exists),
      ]),
    ),
    ...(document.record ? { record: { name: 'audit-333333333333', exists: true } } : {}),
  }
}

/** The same facts with some of one target's changed. */
export function withTarget(facts: Facts, key: string, change: Partial<TargetFacts>): Facts {
  const before = facts.targets[key]
  if (!before) throw new Error(`no facts about ${key}`)
  return { ...facts, targets: { ...facts.targets, [key]: { ...before, ...change } } }
}
