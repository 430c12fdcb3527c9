import { describe, expect, it } from 'vitest'
import type { Document } from '../document/types.ts'
import type { Facts } from '../facts.ts'
import {
  artifact,
  digest,
  exampleDocument,
  exampleEndpoint,
  exampleFacts,
  image,
  withTarget,
} from './example.fixture.ts'
import { plan } from './plan.ts'

const document = exampleDocument()
const facts = exampleFacts(document)
const rolloutId = 'fraud-scorer-38-x7k2p9ab'
const eu = '333333333333/eu-west-1/fraud-scorer'
const us = '444444444444/us-east-1/fraud-scorer'

const planned = (doc: Document = document, from: Facts = exampleFacts(doc)) => plan(doc, from, { rolloutId })
const titles = (doc: Document, from?: Facts) => planned(doc, from).steps.map(({ title }) => title)
const ids = (doc: Document) => planned(doc).steps.map(({ id }) => id)
const production = (change: Partial<Document['production']>): Document => ({
  ...document,
  production: { ...document.production, ...change },
})

describe('the steps', () => {
  it('are what a reader of the document expects, in order', () => {
    expect(titles(document).filter((title) => !title.includes(': copy '))).toEqual([
      'check the package, accounts, endpoints and alarms',
      'staging eu-west-1: deploy v38 to fraud-scorer-staging',
      'staging eu-west-1: test “smoke” (one request)',
      'staging eu-west-1: test “golden set” (golden set, tolerance 0.01)',
      'staging eu-west-1: test “latency” (5 requests/s for 1 min)',
      'staging eu-west-1: delete the staging endpoint',
      'wait for an approval from ml-leads',
      'take the 3 locks and check everything again',
      'eu-west-1, us-east-1, ap-southeast-2: prepare v38 beside stable, without traffic',
      'eu-west-1: shift 10 % of traffic to v38',
      'eu-west-1: bake 10 min at 10 %',
      'eu-west-1: shift 100 % of traffic to v38',
      'eu-west-1: bake 10 min at 100 %',
      'after wave 1: bake 10 min at 100 %',
      'us-east-1, ap-southeast-2: shift 10 % of traffic to v38',
      'us-east-1, ap-southeast-2: bake 10 min at 10 %',
      'us-east-1, ap-southeast-2: shift 100 % of traffic to v38',
      'us-east-1, ap-southeast-2: bake 10 min at 100 %',
      'keep the previous version ready for 1 h',
      'eu-west-1, us-east-1, ap-southeast-2: commit v38 as AllTraffic',
      'write the record to s3://audit-333333333333/sluice/',
    ])
  })

  it('are numbered from 1 and have ids of their own', () => {
    const { steps } = planned()
    expect(steps.map(({ number }) => number)).toEqual(steps.map((_, index) => index + 1))
    expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length)
  })

  it('prepare each wave by itself under perWave', () => {
    const all = ids(production({ prepare: 'perWave' }))
    expect(all).not.toContain('prepare')
    expect(all.indexOf('wave-1/bake-2')).toBeLessThan(all.indexOf('wave-2/prepare'))
    expect(all.indexOf('wave-2/prepare')).toBeLessThan(all.indexOf('wave-2/shift-10'))
  })

  it('name the account where a Region occurs in several, and the endpoint where that does not tell either', () => {
    const doc = production({
      waves: [
        [
          { account: 'prod-eu', region: 'eu-west-1' },
          { account: 'prod-world', region: 'eu-west-1' },
          { account: 'prod-world', region: 'us-east-1', endpoint: { name: 'a' } },
          { account: 'prod-world', region: 'us-east-1', endpoint: { name: 'b' } },
        ],
      ],
    })
    expect(titles(doc)).toContain(
      'prod-eu eu-west-1, prod-world eu-west-1, us-east-1 a, us-east-1 b: shift 10 % of traffic to v38',
    )
  })

  it('count the targets of a large wave instead of listing them', () => {
    const wave = (count: number, from = 0) =>
      Array.from({ length: count }, (_, index) => ({
        account: 'prod-eu',
        region: 'eu-west-1',
        endpoint: { name: `fraud-${from + index}` },
      }))
    const doc = production({ waves: [wave(1), wave(48, 1)] })
    expect(titles(doc)).toContain('wave 2 (48 targets): shift 10 % of traffic to v38')
    expect(titles(doc)).toContain('all waves (49 targets): prepare v38 beside stable, without traffic')
  })

  it('copy what the registered package refers to before it is registered, and the rest after', () => {
    const doc = exampleDocument('promote-hub.yaml')
    const steps = titles(doc)
    const at = (start: string) => steps.findIndex((title) => title.startsWith(start))
    expect(at('hub eu-west-1: copy')).toBeLessThan(at('hub eu-west-1: register the package in group demand'))
    expect(at('hub eu-west-1: register')).toBeLessThan(at('prod eu-central-1: copy'))
    expect(planned(doc).promote).toMatchObject({
      groupArn: 'arn:aws:sagemaker:eu-west-1:111111111111:model-package-group/demand',
      clientToken: expect.stringMatching(
        /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      ),
    })
  })

  it('hold the gates of the document where it has them', () => {
    const { steps } = planned(exampleDocument('steps-with-gates.yaml'))
    const gate = steps.find(({ kind }) => kind === 'gate')
    expect(gate).toMatchObject({
      id: 'wave-1/gate-1',
      title: 'us-east-1: wait for an approval from ml-leads',
      approval: { expiresAfter: 4 * 3_600_000 },
    })
  })

  it('leave out what an emergency skips, and say so', () => {
    const doc: Document = {
      ...document,
      emergency: { reason: 'stable is down', skip: ['staging', 'approval', 'bake'], ignoreAlarms: [] },
    }
    const { steps, notes, staging } = planned(doc)
    expect(steps.filter(({ kind }) => /staging|approval|bake|gate/.test(kind))).toEqual([])
    expect(staging).toBeUndefined()
    expect(notes[0]).toContain('EMERGENCY (stable is down): skips staging, approval, bake')
    expect(steps.some(({ kind }) => kind === 'prepare')).toBe(true)
  })

  it('create an endpoint that does not exist', () => {
    const doc = exampleDocument('first-deployment.yaml')
    const empty = exampleFacts(doc)
    const [key = ''] = Object.keys(empty.targets)
    const from = withTarget(empty, key, { endpoint: undefined, config: undefined, stableModel: undefined })
    const result = plan(doc, from, { rolloutId })
    expect(result.findings).toEqual([])
    expect(result.steps.map(({ title }) => title)).toContain('eu-west-1: create the endpoint with v1')
    expect(result.targets[0]).toMatchObject({
      action: 'create',
      stableVariant: 'AllTraffic',
      firstWeight: 100,
    })
    expect(result.resources).toContainEqual({
      type: 'Endpoint',
      name: 'churn',
      place: '333333333333/eu-west-1',
    })
  })
})

describe('undoing a committed rollout', () => {
  const restore = { [eu]: 'fraud-scorer-v37', [us]: 'fraud-scorer-v37' }

  it('goes back to the previous configs and makes nothing', () => {
    const result = plan(document, facts, { rolloutId, restore })
    expect(result.steps.map(({ kind }) => kind)).toEqual(['preflight', 'lock', 'commit', 'record'])
    expect(result.steps[2]?.title).toBe('eu-west-1, us-east-1: go back to fraud-scorer-v37')
    expect(result.targets.map(({ key, restoreConfig }) => [key, restoreConfig])).toEqual([
      [eu, 'fraud-scorer-v37'],
      [us, 'fraud-scorer-v37'],
    ])
    expect(result.resources).toEqual([])
    expect(result.artifacts).toEqual([])
    expect(result.findings).toEqual([])
  })

  it('works although the package is gone, but not without the endpoint', () => {
    const gone = { ...facts, package: { unreadable: 'deleted' } }
    expect(plan(document, gone, { rolloutId, restore }).findings).toEqual([])
    const missing = withTarget(gone, us, { endpoint: undefined })
    expect(plan(document, missing, { rolloutId, restore }).findings.map(({ code }) => code)).toEqual([
      'endpoint-missing',
    ])
    expect(plan(document, facts, { rolloutId, restore: {} }).findings.map(({ code }) => code)).toEqual([
      'nothing-to-undo',
    ])
  })

  it('takes off what was committed, and nothing else', () => {
    const codes = (model: string) =>
      plan(document, facts, { rolloutId, restore, committed: { [us]: model } }).findings.map(
        ({ code }) => code,
      )
    const config = facts.targets[us]?.config
    const serving =
      config && 'request' in config ? config.request.ProductionVariants[0]?.ModelName : undefined
    expect(codes(serving ?? '')).toEqual([])
    expect(codes('fraud-scorer-v38-of-before')).toEqual(['moved-on'])
  })
})

describe('what the candidate is made of', () => {
  it('is every field of stable’s variant and config, and only what the document says differs', () => {
    const doc: Document = {
      ...document,
      endpoint: {
        name: 'fraud-scorer',
        instanceType: 'ml.c5.xlarge',
        startupTimeout: 600_000,
        dataCapture: { percent: 20, destination: 's3://capture-{account}-{region}/x/' },
        kmsKeys: { volume: 'arn:aws:kms:{region}:{account}:alias/models' },
      },
    }
    const from = withTarget(exampleFacts(doc), us, {
      config: {
        name: 'fraud-scorer-v37',
        createdBySluice: false,
        request: {
          ExplainerConfig: { ClarifyExplainerConfig: {} },
          ProductionVariants: [
            {
              VariantName: 'AllTraffic',
              ModelName: 'fraud-scorer-v37',
              InstanceType: 'ml.m5.xlarge',
              InitialInstanceCount: 2,
              InitialVariantWeight: 1,
              RoutingConfig: { RoutingStrategy: 'LEAST_OUTSTANDING_REQUESTS' },
              SomethingNew: { kept: true },
            },
          ],
        },
      },
      stableModel: {
        name: 'fraud-scorer-v37',
        problems: [],
        executionRole: 'arn:aws:iam::444444444444:role/theirs',
        vpc: { subnets: ['subnet-1'], securityGroups: ['sg-1'] },
        networkIsolation: true,
      },
    })
    const target = plan(doc, from, { rolloutId }).targets.find(({ key }) => key === us)
    expect(target?.candidate).toMatchObject({
      instanceCount: 2,
      variant: {
        InstanceType: 'ml.c5.xlarge',
        ContainerStartupHealthCheckTimeoutInSeconds: 600,
        RoutingConfig: { RoutingStrategy: 'LEAST_OUTSTANDING_REQUESTS' },
        SomethingNew: { kept: true },
      },
      config: {
        ExplainerConfig: { ClarifyExplainerConfig: {} },
        KmsKeyId: 'arn:aws:kms:us-east-1:444444444444:alias/models',
        DataCaptureConfig: {
          EnableCapture: true,
          InitialSamplingPercentage: 20,
          DestinationS3Uri: 's3://capture-444444444444-us-east-1/x/',
        },
      },
      model: {
        executionRole: 'arn:aws:iam::444444444444:role/theirs',
        vpc: { subnets: ['subnet-1'], securityGroups: ['sg-1'] },
        networkIsolation: true,
      },
      tags: { 'sluice:rollout': rolloutId, 'sluice:endpoint': us, 'sluice:name': 'fraud-scorer' },
    })
    for (const member of ['VariantName', 'ModelName', 'InitialInstanceCount', 'InitialVariantWeight'])
      expect(target?.candidate.variant).not.toHaveProperty(member)
    expect(target?.differences).toEqual([
      'model fraud-scorer-v37 → v38',
      'instance type ml.m5.xlarge → ml.c5.xlarge',
      'startup timeout (s) none → 600',
      'volume key none → arn:aws:kms:us-east-1:444444444444:alias/models',
      expect.stringContaining('data capture none → '),
    ])
  })

  it('keeps the IAM role of the place beside its stage', () => {
    expect(planned().targets[0]).toMatchObject({
      stage: 'production',
      role: 'arn:aws:iam::333333333333:role/sluice-deploy',
    })
  })
})

describe('names', () => {
  it('are at most 63 characters, also for the longest document name and version', () => {
    const doc: Document = {
      ...document,
      name: 'a'.repeat(30),
      model: { package: 'arn:aws:sagemaker:eu-west-1:111111111111:model-package/g/999999999' },
    }
    for (const target of planned(doc).targets)
      for (const name of Object.values(target.names)) {
        expect(name.length).toBeLessThanOrEqual(63)
        expect(name).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/)
      }
  })

  it('are the same for the same rollout and content, and different for any other', () => {
    const names = (id: string, from: Facts) => plan(document, from, { rolloutId: id }).targets[0]?.names
    const other = withTarget(facts, eu, { stableModel: { name: 'm', problems: [], networkIsolation: true } })
    expect(names(rolloutId, facts)).toEqual(names(rolloutId, exampleFacts(document)))
    expect(names(rolloutId, facts)?.model).not.toBe(names('another', facts)?.model)
    expect(names(rolloutId, facts)?.model).not.toBe(names(rolloutId, other)?.model)
    expect(names(rolloutId, facts)?.candidateVariant).toBe(names(rolloutId, other)?.candidateVariant)
  })

  it('differ between targets of one account and Region, alarms included', () => {
    const doc = production({
      waves: [
        [
          { account: 'prod-eu', region: 'eu-west-1' },
          { account: 'prod-eu', region: 'eu-west-1', endpoint: { name: 'second' } },
        ],
      ],
    })
    const made = planned(doc).resources.map(({ type, name, place }) => `${type} ${name} ${place}`)
    expect(new Set(made).size).toBe(made.length)
  })

  it('hold a place for the hash in a preview', () => {
    expect(plan(document, facts, { rolloutId: null }).targets[0]?.names).toMatchObject({
      model: 'fraud-scorer-v38-xxxxxxxx',
      candidateVariant: 'c-xxxxxxxx',
    })
  })
})

describe('replication', () => {
  it('gives two artifacts of the same file name keys of their own, and keeps the slash of a prefix', () => {
    const second = 's3://other/a/model.tar.gz'
    const prefix = 's3://other/weights/'
    const one = facts.artifacts[artifact] as object
    const from: Facts = {
      ...facts,
      artifacts: {
        ...facts.artifacts,
        [second]: { ...one, uri: second } as never,
        [prefix]: { ...one, uri: prefix, kind: 'prefix', objects: 7 } as never,
      },
    }
    const destinations = planned(document, from)
      .artifacts.filter(({ to }) => to.region === 'us-east-1')
      .map(({ destination }) => destination)
    expect(new Set(destinations).size).toBe(3)
    for (const destination of destinations)
      expect(destination).toMatch(
        /^s3:\/\/models-444444444444-us-east-1\/fraud-scorer\/38\/[0-9a-f]{12}\/(model\.tar\.gz|weights\/)$/,
      )
  })

  it('copies once for each account and Region, however many endpoints are there', () => {
    const doc = production({
      waves: [
        [
          { account: 'prod-eu', region: 'eu-west-1' },
          { account: 'prod-eu', region: 'eu-west-1', endpoint: { name: 'second' } },
        ],
      ],
    })
    expect(planned(doc).artifacts.length).toBe(2)
    expect(planned(doc).images.length).toBe(2)
  })

  it('leaves an image where it is already, remaps those of AWS, and pins every one by digest', () => {
    const home: Document = {
      ...production({ waves: [[{ account: 'registry', region: 'eu-west-1' }]] }),
      staging: undefined,
    }
    expect(planned(home).images).toMatchObject([
      { mode: 'none', destination: `111111111111.dkr.ecr.eu-west-1.amazonaws.com/fraud-scorer@${digest}` },
    ])
    const owned: Facts = {
      ...facts,
      images: { [image]: { ...(facts.images[image] as object), kind: 'aws-owned' } as never },
    }
    const there = '683313688378.dkr.ecr.us-east-1.amazonaws.com/xgboost:1.7-1'
    const from = [us, '444444444444/ap-southeast-2/fraud-scorer'].reduce(
      (all, key) => withTarget(all, key, { remapped: { [image]: { image: there, digest } } }),
      owned,
    )
    const remapped = planned(document, from).targets.find(({ key }) => key === us)
    expect(remapped?.rewrites.images[image]).toBe(
      `683313688378.dkr.ecr.us-east-1.amazonaws.com/xgboost@${digest}`,
    )
  })

  it('uses the key of the document for what it copies', () => {
    const doc: Document = {
      ...document,
      endpoint: { ...document.endpoint, kmsKeys: { artifacts: 'arn:aws:kms:{region}:{account}:alias/a' } },
    }
    expect(planned(doc).artifacts.map(({ kmsKey }) => kmsKey)).toContain(
      'arn:aws:kms:us-east-1:444444444444:alias/a',
    )
  })
})

describe('the digest', () => {
  const digestOf = (doc: Document, from: Facts) => plan(doc, from, { rolloutId }).digest

  it('does not move with autoscaling, traffic or what became of staging', () => {
    const loose: Document = { ...document, endpoint: { ...document.endpoint, instanceCount: undefined } }
    const base = digestOf(loose, facts)
    const moved = withTarget(facts, us, {
      endpoint: exampleEndpoint('fraud-scorer', 9),
      traffic: { perMinute: 9999 },
    })
    expect(digestOf(loose, moved)).toBe(base)
    const staged = withTarget(facts, '222222222222/eu-west-1/fraud-scorer-staging', {
      endpoint: exampleEndpoint('fraud-scorer-staging'),
    })
    expect(digestOf(loose, staged)).toBe(base)
  })

  it('moves when what is replaced, copied or watched has changed', () => {
    const base = digestOf(document, facts)
    const others = [
      withTarget(facts, us, { endpoint: { ...exampleEndpoint(), configName: 'somebody-elses' } }),
      withTarget(facts, us, { stableModel: { name: 'hotfix', problems: [] } }),
      withTarget(facts, us, { endpoint: undefined }),
      {
        ...facts,
        artifacts: { [artifact]: { ...(facts.artifacts[artifact] as object), pin: { etag: 'e2' } } as never },
      },
      {
        ...facts,
        images: {
          [image]: { ...(facts.images[image] as object), digest: `sha256:${'cd'.repeat(32)}` } as never,
        },
      },
    ]
    for (const other of others) expect(digestOf(document, other)).not.toBe(base)
    const softer = production({
      watch: { ...document.production.watch, alarms: document.production.watch.alarms.slice(1) },
    })
    expect(digestOf(softer, facts)).not.toBe(base)
  })
})

describe('what a person should know beforehand', () => {
  it('is the peak of instances: 2 × stable + candidate, or stable + 2 × candidate', () => {
    const sized = (instanceCount: number, instanceType?: string): Document => ({
      ...document,
      endpoint: { ...document.endpoint, instanceCount, ...(instanceType ? { instanceType } : {}) },
    })
    const peaks = (doc: Document) =>
      planned(doc, facts)
        .peaks.filter(({ target }) => target === us)
        .map(({ instanceType, instances }) => [instanceType, instances])
    expect(peaks(sized(2))).toEqual([['ml.m5.xlarge', 6]])
    expect(peaks(sized(5))).toEqual([['ml.m5.xlarge', 12]])
    expect(peaks(sized(2, 'ml.c5.xlarge'))).toEqual([
      ['ml.m5.xlarge', 4],
      ['ml.c5.xlarge', 4],
    ])
    expect(planned().peaks[0]?.lasts).toBe('at least 1 h 50 min')
  })

  it('is Terraform’s ignore_changes, a count that cannot be kept, and the defaults in force', () => {
    const doc: Document = {
      ...document,
      endpoint: { ...document.endpoint, managedBy: 'terraform', instanceCount: 1 },
    }
    const { notes } = planned(doc, facts)
    expect(notes.join('\n')).toContain('ignore_changes = [endpoint_config_name]')
    expect(notes.join('\n')).toContain('instanceCount is 1, but stable has 2')
    expect(notes.join('\n')).toContain('onFailure rollback-all; prepare allFirst; keepPrevious 1h')
  })
})
