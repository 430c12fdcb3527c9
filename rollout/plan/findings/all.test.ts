import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Document, WatchAlarm } from '../../document/types.ts'
import type { AlarmFacts, EndpointFacts, Facts } from '../../facts.ts'
import {
  artifact,
  exampleDocument,
  exampleEndpoint,
  exampleFacts,
  image,
  withTarget,
} from '../example.fixture.ts'
import { findingCodes, type FindingCode, type FindingKind } from './codes.ts'
import { plan } from '../plan.ts'
import type { Finding } from '../types.ts'

const document = exampleDocument()
const facts = exampleFacts(document)
const eu = '333333333333/eu-west-1/fraud-scorer'
const us = '444444444444/us-east-1/fraud-scorer'
const staging = '222222222222/eu-west-1/fraud-scorer-staging'

const alarm = (change: Partial<AlarmFacts> = {}): AlarmFacts => ({
  name: 'red',
  kind: 'metric',
  state: 'OK',
  reason: 'Threshold Crossed',
  variants: ['AllTraffic'],
  seesEveryVariant: false,
  window: 180_000,
  ...change,
})

const watching = (...alarms: readonly WatchAlarm[]): Document => ({
  ...document,
  production: { ...document.production, watch: { ...document.production.watch, alarms } },
})

const withAlarm = (found: AlarmFacts | null): Facts =>
  [eu, us, '444444444444/ap-southeast-2/fraud-scorer'].reduce(
    (all, key) => withTarget(all, key, { alarms: { red: found } }),
    facts,
  )

const endpoint = (change: Partial<EndpointFacts>): Facts =>
  withTarget(facts, us, { endpoint: { ...exampleEndpoint(), ...change } })

const variant = exampleEndpoint().variants[0] as EndpointFacts['variants'][number]
const packageFacts = facts.package as Extract<Facts['package'], { arn: string }>
const unreplicated: Document = { ...document, replicate: undefined }
const promoting: Document = {
  ...document,
  promote: { to: { account: 'prod-eu', region: 'eu-west-1', group: 'fraud', status: 'Approved' } },
}
const held = (phase: string) => withTarget(facts, us, { holder: { rolloutId: 'other-1', phase } })
const existing = { kind: 'existing', name: 'red' } as const
const like = { kind: 'like', like: 'red' } as const

const findingsOf = (doc: Document, from: Facts): readonly Finding[] =>
  plan(doc, from, { rolloutId: 'fraud-scorer-38-x7k2p9ab' }).findings

interface Case {
  readonly code: string
  readonly severity: Finding['severity']
  readonly doc: Document
  readonly from: Facts
  readonly message: RegExp
  readonly target?: string
}

const cases: readonly Case[] = (
  [
    [
      'package-unreadable',
      'error',
      document,
      { ...facts, package: { unreadable: 'AccessDenied' } },
      /AccessDenied/,
    ],
    [
      'package-not-approved',
      'error',
      document,
      { ...facts, package: { ...packageFacts, approval: 'PendingManualApproval' } },
      /PendingManualApproval/,
    ],
    [
      'package-not-completed',
      'error',
      document,
      { ...facts, package: { ...packageFacts, status: 'InProgress' } },
      /InProgress/,
    ],
    [
      'package-refused',
      'error',
      document,
      { ...facts, package: { ...packageFacts, refused: ['it is a Marketplace product'] } },
      /Marketplace/,
    ],
    [
      'artifact-unreadable',
      'error',
      document,
      { ...facts, artifacts: { [artifact]: { unreadable: '403' } } },
      /Containers\[0\].ModelDataUrl.*403/,
    ],
    ['artifact-other-region', 'error', unreplicated, facts, /in eu-west-1, and SageMaker in us-east-1/, us],
    [
      'bucket-missing',
      'error',
      document,
      withTarget(facts, us, { bucket: { name: 'models-444444444444-us-east-1', exists: false } }),
      /does not exist/,
      us,
    ],
    [
      'bucket-unusable',
      'error',
      document,
      withTarget(facts, us, {
        bucket: { name: 'models-444444444444-us-east-1', exists: true, problem: 'it is in eu-west-1' },
      }),
      /it is in eu-west-1/,
      us,
    ],
    [
      'image-unreadable',
      'error',
      document,
      { ...facts, images: { [image]: { unreadable: 'no such tag' } } },
      /no such tag/,
    ],
    [
      'image-public',
      'error',
      document,
      {
        ...facts,
        images: {
          [image]: { ...(facts.images[image] as object), kind: 'public' } as Facts['images'][string],
        },
      },
      /public registry/,
    ],
    [
      'image-not-in-region',
      'error',
      document,
      withTarget(
        {
          ...facts,
          images: {
            [image]: { ...(facts.images[image] as object), kind: 'aws-owned' } as Facts['images'][string],
          },
        },
        us,
        { remapped: { [image]: { unreadable: 'no such version' } } },
      ),
      /us-east-1: no such version/,
      us,
    ],
    [
      'image-other-region',
      'error',
      { ...document, replicate: { ...document.replicate, images: 'none' } },
      facts,
      /pulls only from us-east-1/,
      us,
    ],
    [
      'repository-unusable',
      'error',
      document,
      withTarget(facts, us, { repositories: { 'fraud-scorer': { exists: true, problem: 'AccessDenied' } } }),
      /AccessDenied/,
      us,
    ],
    [
      'image-would-expire',
      'error',
      document,
      withTarget(facts, us, {
        repositories: { 'fraud-scorer': { exists: true, expires: 'keeps the last 3 images of any tag' } },
      }),
      /last 3 images/,
      us,
    ],
    ['group-missing', 'error', promoting, { ...facts, promote: { groupExists: false } }, /does not exist/],
    [
      'group-unreadable',
      'error',
      promoting,
      { ...facts, promote: { unreadable: 'AccessDenied' } },
      /AccessDenied/,
    ],
    [
      'account-denied',
      'error',
      document,
      withTarget(facts, us, { denied: 'wrong external id', endpoint: undefined }),
      /wrong external id/,
      us,
    ],
    ['endpoint-busy', 'warning', document, endpoint({ status: 'SystemUpdating' }), /in maintenance/, us],
    [
      'endpoint-failed',
      'error',
      document,
      endpoint({ status: 'UpdateRollbackFailed', failureReason: 'boom' }),
      /boom/,
      us,
    ],
    ['endpoint-failed', 'error', document, endpoint({ status: 'OutOfService' }), /OutOfService/, us],
    [
      'endpoint-cannot-shift',
      'error',
      document,
      endpoint({ features: ['serverless'] }),
      /serverless, which allows a single variant/,
      us,
    ],
    [
      'endpoint-cannot-shift',
      'error',
      document,
      endpoint({ features: ['shadow'] }),
      /inference experiment/,
      us,
    ],
    [
      'step-scaling-not-copied',
      'warning',
      document,
      withTarget(facts, us, {
        scaling: [
          {
            variant: 'AllTraffic',
            min: 1,
            max: 4,
            suspended: { in: false, out: false, scheduled: false },
            policies: [{ PolicyType: 'StepScaling', PolicyName: 'by-backlog' }],
            scheduledActions: [],
          },
        ],
      }),
      /step scaling by-backlog .* follows alarms on variant AllTraffic/,
      us,
    ],
    [
      'invocation-unknown',
      'error',
      document,
      {
        ...facts,
        package: { ...packageFacts, containers: [...packageFacts.containers, ...packageFacts.containers] },
      },
      /several containers/,
    ],
    [
      'several-live-variants',
      'error',
      document,
      endpoint({ variants: [variant, { ...variant, name: 'b' }] }),
      /2 live variants/,
      us,
    ],
    [
      'no-live-variant',
      'error',
      document,
      endpoint({ variants: [{ ...variant, desiredWeight: 0 }] }),
      /all weights are 0/,
      us,
    ],
    [
      'too-many-variants',
      'error',
      document,
      endpoint({
        variants: [
          variant,
          ...Array.from({ length: 9 }, (_, i) => ({ ...variant, name: `v${i}`, desiredWeight: 0 })),
        ],
      }),
      /10 variants/,
      us,
    ],
    [
      'cloudformation-owned',
      'error',
      document,
      endpoint({ tags: { 'aws:cloudformation:stack-name': 'fraud-prod' } }),
      /stack fraud-prod/,
      us,
    ],
    [
      'stable-unreadable',
      'error',
      document,
      withTarget(facts, us, {
        stableModel: { name: 'fraud-scorer-v37', problems: ['image …@sha256:1 is gone'] },
      }),
      /is gone/,
      us,
    ],
    [
      'stable-unreadable',
      'error',
      document,
      withTarget(facts, us, { config: { unreadable: 'Could not find it' } }),
      /Could not find it/,
      us,
    ],
    [
      'endpoint-incomplete',
      'error',
      { ...document, endpoint: { name: 'fraud-scorer', instanceCount: 1 } },
      facts,
      /gives no instanceType/,
      staging,
    ],
    [
      'execution-role-unknown',
      'error',
      { ...document, endpoint: { ...document.endpoint, executionRole: undefined } },
      withTarget(facts, us, { stableModel: { name: 'm', problems: [] } }),
      /execution role/,
      us,
    ],
    [
      'instance-type-unsupported',
      'error',
      document,
      { ...facts, package: { ...packageFacts, instanceTypes: ['ml.c5.xlarge'] } },
      /supports only ml.c5.xlarge/,
      us,
    ],
    [
      'canary-cannot-be-expressed',
      'error',
      document,
      withTarget(facts, us, { endpoint: undefined }),
      /no stable variant that could take the other 90 %/,
      us,
    ],
    ['alarm-missing', 'error', watching(existing), withAlarm(null), /no alarm red/, us],
    [
      'alarm-in-alarm',
      'error',
      watching(like),
      withAlarm(alarm({ state: 'ALARM' })),
      /Threshold Crossed/,
      us,
    ],
    [
      'alarm-pins-other-variant',
      'error',
      watching(existing),
      withAlarm(alarm()),
      /only at variant AllTraffic/,
      us,
    ],
    [
      'alarm-cannot-be-copied',
      'error',
      watching(like),
      withAlarm(alarm({ kind: 'composite' })),
      /composite/,
      us,
    ],
    [
      'bake-too-short',
      'warning',
      watching(existing),
      withAlarm(alarm({ seesEveryVariant: true, window: 600_000 })),
      /shorter than alarm red/,
      us,
    ],
    [
      'frozen',
      'warning',
      document,
      {
        ...facts,
        freezes: [
          { name: 'sale', from: '2026-03-01T11:00:00.000Z', until: '2026-03-02T00:00:00.000Z' },
          { name: 'far away', from: '2026-03-07T11:00:00.000Z', until: '2026-03-08T00:00:00.000Z' },
        ],
      },
      /^freeze “sale” holds now and ends 2026-03-02T00:00:00\.000Z/,
    ],
    [
      'traffic-too-low',
      'warning',
      document,
      withTarget(facts, us, { traffic: { perMinute: 60 } }),
      /about 60 requests/,
      us,
    ],
    [
      'quota-too-low',
      'error',
      document,
      withTarget(facts, us, { quotas: { 'ml.m5.xlarge': { limit: 5, used: 2 } } }),
      /needs 4 more/,
      us,
    ],
    [
      'quota-unreadable',
      'warning',
      document,
      withTarget(facts, us, { quotas: { 'ml.m5.xlarge': { unreadable: 'AccessDenied' } } }),
      /AccessDenied/,
      us,
    ],
    ['target-busy', 'error', document, held('Baking'), /held by rollout other-1 \(Baking\)/, us],
    ['target-busy', 'warning', document, held('Promoted'), /told to commit/, us],
    ['target-busy', 'warning', { ...document, whenBusy: 'queue' }, held('Baking'), /waits for it/, us],
    ['target-busy', 'warning', { ...document, whenBusy: 'replace' }, held('Baking'), /put back first/, us],
    [
      'record-unusable',
      'error',
      document,
      { ...facts, record: { name: 'audit-333333333333', exists: false } },
      /does not exist/,
    ],
    ['name-not-allowed', 'error', { ...document, name: 'x'.repeat(60) }, facts, /no name that AWS takes/, us],
  ] as const satisfies readonly (readonly [string, Finding['severity'], Document, Facts, RegExp, string?])[]
).map(([code, severity, doc, from, message, target]) => ({ code, severity, doc, from, message, target }))

describe('findings', () => {
  it('are none for a document whose world is in order', () => {
    expect(findingsOf(document, facts)).toEqual([])
  })

  it.each(cases)('$code is found as $severity', ({ code, severity, doc, from, message, target }) => {
    const found = findingsOf(doc, from).filter(
      (finding) => finding.code === code && (target === undefined || finding.target === target),
    )
    expect(found.length).toBeGreaterThan(0)
    expect(found[0]).toMatchObject({ severity })
    expect(found.map((finding) => finding.message).join('\n')).toMatch(message)
    expect(found[0]?.cure.length).toBeGreaterThan(9)
    expect(found[0]?.path ?? '').not.toBe('')
  })

  it.each(cases)('$code says what the manual says that it says', ({ code, severity, doc, from, target }) => {
    const kind: FindingKind = findingCodes[code as FindingCode]
    const found = findingsOf(doc, from).find(
      (finding) => finding.code === code && (target === undefined || finding.target === target),
    )
    // `…` stands for names and numbers; what follows the beginning of a message is free.
    const shapes = [kind.says, kind.alsoSays ?? kind.says].map((says) =>
      says
        .split('…')
        .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
        .join('.*'),
    )
    expect(found?.message).toMatch(new RegExp(`^(${shapes.join('|')})`))
    expect([severity, 'either']).toContain(kind.severity)
  })

  it('have a test for every code that is in the source', () => {
    const here = new URL('./', import.meta.url)
    const sources = readdirSync(here).filter((name) => name.endsWith('.ts') && !name.includes('.test.'))
    const codes = new Set(
      sources
        .filter((name) => name !== 'codes.ts')
        .flatMap((name) =>
          [
            ...readFileSync(new URL(name, here), 'utf8').matchAll(
              /(?:error|warning)\(\s*(?:\w+\.\w+ \? )?'([a-z-]+)'(?: : '([a-z-]+)')?/g,
            ),
          ].flatMap((match) => [match[1], match[2]].filter((code) => code !== undefined)),
        ),
    )
    const tested = new Set([
      ...cases.map(({ code }) => code),
      'endpoint-missing',
      'moved-on',
      'nothing-to-undo',
    ])
    expect(codes.size).toBeGreaterThan(30)
    expect([...codes].filter((code) => !tested.has(code))).toEqual([])
    expect([...codes].toSorted()).toEqual(Object.keys(findingCodes).toSorted())
  })
})

describe('findings that are not made', () => {
  const codes = (doc: Document, from: Facts) => findingsOf(doc, from).map(({ code }) => code)

  it('the lock that this very rollout holds', () => {
    const own = withTarget(facts, us, {
      holder: { rolloutId: 'fraud-scorer-38-x7k2p9ab', phase: 'Preflight' },
    })
    expect(codes(document, own)).toEqual([])
  })

  it('CloudFormation’s endpoint when the document says so', () => {
    const doc = { ...document, endpoint: { ...document.endpoint, managedBy: 'cloudformation' as const } }
    expect(codes(doc, endpoint({ tags: { 'aws:cloudformation:stack-name': 's' } }))).toEqual([])
  })

  it('a red alarm that an emergency or the document ignores; and then the plan says so', () => {
    const red = withAlarm(alarm({ state: 'ALARM', seesEveryVariant: true }))
    const emergency: Document = {
      ...watching(existing),
      emergency: { reason: 'stable is down', skip: [], ignoreAlarms: ['red'] },
    }
    const ignoring = watching(existing)
    const lax: Document = {
      ...ignoring,
      production: {
        ...ignoring.production,
        watch: { ...ignoring.production.watch, whenInAlarmAtStart: 'ignore' },
      },
    }
    for (const doc of [emergency, lax]) {
      const planned = plan(doc, red, { rolloutId: null })
      expect(planned.findings).toEqual([])
      expect(planned.targets[0]?.alarms).toEqual([{ kind: 'existing', name: 'red', ignored: true }])
      expect(planned.notes.join('\n')).toContain('alarm red is ignored')
    }
  })

  it('an alarm that sees every variant, or a copy of one that does not', () => {
    expect(codes(watching(existing), withAlarm(alarm({ seesEveryVariant: true })))).toEqual([])
    expect(codes(watching(like), withAlarm(alarm()))).toEqual([])
  })

  it('low traffic says which bake and which percent would do', () => {
    const [finding] = findingsOf(document, withTarget(facts, us, { traffic: { perMinute: 60 } }))
    expect(finding?.cure).toContain('bake 17m at 10 %')
    expect(finding?.cure).toContain('shift 17 % for 10m')
  })

  it('a quota that two endpoints of one account and Region only break together', () => {
    const doc: Document = {
      ...document,
      production: {
        ...document.production,
        waves: [
          [
            { account: 'prod-eu', region: 'eu-west-1' },
            { account: 'prod-eu', region: 'eu-west-1', endpoint: { name: 'second' } },
          ],
        ],
      },
    }
    const both = exampleFacts(doc)
    const limit = (value: number) =>
      Object.keys(both.targets).reduce(
        (all, key) => withTarget(all, key, { quotas: { 'ml.m5.xlarge': { limit: value, used: 4 } } }),
        both,
      )
    expect(codes(doc, limit(12))).toEqual([])
    expect(codes(doc, limit(11))).toEqual(['quota-too-low'])
  })
})
