import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packModel, readGolden } from '../examples/model/pack.ts'
import { parseDocument } from '../rollout/document/parse.ts'
import { writePolicies } from '../rollout/iam/policies.ts'
import type { RolePolicy } from '../rollout/iam/types.ts'
import type { Plan } from '../rollout/plan/types.ts'
import type { CallRecord } from '../sandbox/core/calls.ts'
import { iamAction } from '../sandbox/iam/actions.ts'
import { staging, twoRegions } from './support/documents.ts'
import { startStack, type Stack } from './support/stack.ts'

let stack: Stack
let row: string
beforeAll(async () => {
  const artifact = await packModel('good')
  const golden = await readGolden()
  row = golden.input.split('\n')[0] ?? ''
  stack = await startStack({
    golden,
    versions: [
      { version: 37, artifact },
      { version: 38, artifact },
      { version: 41, artifact, environment: { SANDBOX_NEVER_HEALTHY: '1' } },
    ],
  })
})
afterAll(() => stack.close())

/** The bad version goes straight to production: staging would keep it from what putting back calls. */
const documentOf = (version: number) =>
  twoRegions({
    accounts: stack.accounts,
    version,
    ...(version === 41 ? {} : { staging: staging(stack.accounts, row) }),
    record: { account: 'prod-eu', to: `s3://audit-${stack.accounts.prodEu}/sluice/` },
  })

/** Plays a rollout and returns what AWS was asked for meanwhile, by whom. */
async function play(version: number, outcome: string) {
  stack.sandbox.world.calls.clear()
  const document = documentOf(version)
  const { body } = await stack.ask<Plan & { iam: readonly RolePolicy[] }>(
    'vic',
    'POST',
    '/v1/plans?iam=true',
    document,
  )
  const id = await stack.start(document)
  expect((await stack.ended(id)).outcome).toBe(outcome)
  return { id, plan: body, calls: stack.sandbox.world.calls.list() }
}

describe('the policies of a plan', () => {
  let good: Awaited<ReturnType<typeof play>>
  let bad: Awaited<ReturnType<typeof play>>
  beforeAll(async () => {
    bad = await play(41, 'RolledBack')
    good = await play(38, 'Succeeded')
  })

  test('allow every call of its rollout, to the role that makes it and on what it is about', () => {
    for (const { calls, plan } of [good, bad]) {
      expect(calls.length).toBeGreaterThan(100)
      const refused = calls.filter((call) => !isAllowed(plan.iam, call)).map(describeCall)
      expect([...new Set(refused)]).toEqual([])
    }
  })

  test('allow nothing else but what they call seldom used', () => {
    for (const { role, policy, seldom } of good.plan.iam) {
      const used = new Set(good.calls.filter((call) => roleOf(call) === role).map(actionOf))
      const unused = policy.Statement.flatMap(({ Action }) => Action).filter((action) => !used.has(action))
      const excused = new Set(seldom.map(({ action }) => action))
      expect({ role, unexplained: unused.filter((action) => !excused.has(action)) }).toEqual({
        role,
        unexplained: [],
      })
    }
  })

  test('would refuse a call of another endpoint, bucket, repository or role', () => {
    const [eu] = good.plan.targets
    const role = good.plan.iam.find((one) => one.accountId === stack.accounts.prodEu)?.role ?? ''
    const call = (change: Partial<CallRecord>): CallRecord => ({
      time: '',
      accountId: stack.accounts.prodEu,
      region: 'eu-west-1',
      service: 'sagemaker',
      operation: 'UpdateEndpointWeightsAndCapacities',
      principal: role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/') + '/x',
      summary: 'EndpointName=fraud-scorer',
      status: 200,
      requestId: '',
      ...change,
    })
    expect(eu).toBeDefined()
    const allowed = (change: Partial<CallRecord>) => isAllowed(good.plan.iam, call(change))
    expect(allowed({})).toBe(true)
    expect(allowed({ summary: 'EndpointName=another' })).toBe(false)
    expect(allowed({ region: 'us-east-1' })).toBe(false)
    expect(allowed({ operation: 'DeleteEndpoint' })).toBe(false)
    expect(allowed({ service: 's3', operation: 'PutObject', summary: 'Bucket=another Key=x' })).toBe(false)
    expect(allowed({ service: 'ecr', operation: 'PutImage', summary: 'repositoryName=another' })).toBe(false)
    expect(allowed({ principal: `arn:aws:sts::${stack.accounts.prodEu}:assumed-role/other/x` })).toBe(false)
  })

  test('hold every role of the document once, and the worker’s own identity', () => {
    const roles = good.plan.iam.map(({ role }) => role)
    expect(roles).toContain(null)
    expect(new Set(roles).size).toBe(roles.length)
    expect(roles).toContain(`arn:aws:iam::${stack.accounts.prodEu}:role/sluice-deploy`)
    const parsed = parseDocument(documentOf(38))
    if (!parsed.ok) throw new Error('the document is wrong')
    expect(JSON.stringify(writePolicies(parsed.document, good.plan))).not.toMatch(/undefined|xxxxxxxx/)
  })

  test('are used by sessions that name their rollout', () => {
    const sessions = new Set(
      good.calls.filter(({ operation }) => operation === 'UpdateEndpoint').map(({ principal }) => principal),
    )
    expect(sessions.size).toBe(2)
    for (const principal of sessions) expect(principal.endsWith(`/sluice-${good.id}`)).toBe(true)
  })
})

const actionOf = ({ service, operation }: CallRecord): string => {
  const action = iamAction(service as Parameters<typeof iamAction>[0], operation)
  return action.replace(/^application-auto-scaling:/, 'application-autoscaling:')
}

function roleOf({ principal }: CallRecord): string | null {
  const found = /^arn:aws:sts::(\d{12}):assumed-role\/([^/]+)\//.exec(principal)
  return found ? `arn:aws:iam::${found[1]}:role/${found[2]}` : null
}

function resourceOf({ service, operation, accountId, region, summary }: CallRecord): string {
  const said = Object.fromEntries(
    summary.split(' ').map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  )
  const sagemaker = (kind: string, name: string) =>
    `arn:aws:sagemaker:${region}:${accountId}:${kind}/${name.toLowerCase()}`
  if (service === 's3') return `arn:aws:s3:::${said['Bucket']}${said['Key'] ? `/${said['Key']}` : ''}`
  if (service === 'sts') return said['RoleArn'] ?? '*'
  if (service === 'ecr') {
    return `arn:aws:ecr:${region}:${said['registryId'] ?? accountId}:repository/${said['repositoryName'] ?? said['repositoryNames']}`
  }
  if (service === 'monitoring') {
    const name = said['AlarmName'] ?? said['AlarmNames']?.split(',')[0]
    if (operation === 'ListTagsForResource') return said['ResourceARN'] ?? '*'
    return name === undefined || /^Describe/.test(operation)
      ? '*'
      : `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`
  }
  if (/EndpointConfig$/.test(operation))
    return sagemaker('endpoint-config', said['EndpointConfigName'] ?? '*')
  if (said['EndpointName'] && !/^Describe/.test(operation)) return sagemaker('endpoint', said['EndpointName'])
  if (/(Create|Delete)Model$/.test(operation)) return sagemaker('model', said['ModelName'] ?? '*')
  return said['ModelPackageName'] ?? '*'
}

function isAllowed(policies: readonly RolePolicy[], call: CallRecord): boolean {
  if (call.operation === 'GetCallerIdentity') return true
  const statements = policies.find(({ role }) => role === roleOf(call))?.policy.Statement ?? []
  const [action, resource] = [actionOf(call), resourceOf(call)]
  return statements.some(({ Action, Resource, Condition }) => {
    const regions = Condition?.['StringEquals']?.['aws:RequestedRegion']
    const inRegion = regions === undefined || [regions].flat().includes(call.region)
    return inRegion && Action.includes(action) && Resource.some((pattern) => matches(pattern, resource))
  })
}

function matches(pattern: string, resource: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(resource)
}

function describeCall(call: CallRecord): string {
  return `${roleOf(call) ?? 'worker'} ${actionOf(call)} ${resourceOf(call)}`
}
