import { describe, expect, it } from 'vitest'
import { exampleDocument, exampleFacts } from '../plan/example.fixture.ts'
import { plan } from '../plan/plan.ts'
import { writePolicies } from './policies.ts'

const document = exampleDocument()
const facts = exampleFacts(document)
const preview = plan(document, facts, { rolloutId: null })
const policies = writePolicies(document, preview)
const eu = policies.find(({ accountId, role }) => role !== null && accountId === '333333333333')
const statement = (sid: string) => eu?.policy.Statement.find((one) => one.Sid === sid)

describe('the policies of a plan', () => {
  it('are one a role, and one for the worker itself, which may only become those roles', () => {
    const roles = policies.map(({ role }) => role)
    expect(new Set(roles).size).toBe(roles.length)
    const worker = policies.find(({ policy }) =>
      policy.Statement.some(({ Action }) => Action.includes('sts:AssumeRole')),
    )
    expect(worker?.role).toBeNull()
    const assumed = worker?.policy.Statement.find(({ Sid }) => Sid === 'BecomeTheRoles')
    expect(assumed?.Resource).toEqual(roles.filter((role) => role !== null).toSorted())
  })

  it('let a role change the endpoint of the plan and no other', () => {
    const endpoints = statement('Endpoint')?.Resource.filter((arn) => arn.includes(':endpoint/'))
    expect(endpoints).toEqual(['arn:aws:sagemaker:eu-west-1:333333333333:endpoint/fraud-scorer'])
    expect(statement('Endpoint')?.Action).not.toContain('sagemaker:DeleteEndpoint')
  })

  it('let it make only what the plan names, with a star where a preview does not know the hash yet', () => {
    const made = statement('MakeWhatThePlanNames')?.Resource ?? []
    expect(made.length).toBe(4)
    expect(made.every((arn) => /:(model|endpoint-config)\/[a-z0-9-]+\*?[a-z0-9-]*$/.test(arn))).toBe(true)
    expect(JSON.stringify(policies)).not.toMatch(/x{8}|undefined/)
  })

  it('let it delete only what carries the tag of a rollout, and pass only the model’s role to SageMaker', () => {
    expect(statement('DeleteOnlyWhatSluiceMade')?.Condition).toEqual({
      Null: { 'aws:ResourceTag/sluice:rollout': 'false' },
    })
    expect(statement('PassTheModelsRole')).toMatchObject({
      Resource: [expect.stringMatching(/^arn:aws:iam::333333333333:role\//)],
      Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    })
  })

  it('allow a star as resource for reading and scaling only, and then in the Regions of the plan', () => {
    for (const { policy } of policies) {
      for (const { Sid, Resource, Condition } of policy.Statement) {
        if (!Resource.includes('*')) continue
        expect(['Look', 'Scaling']).toContain(Sid.replace(/\d+$/, ''))
        expect(Condition?.['StringEquals']?.['aws:RequestedRegion']?.length).toBeGreaterThan(0)
      }
    }
  })

  it('never allow an action by a star', () => {
    const actions = policies.flatMap(({ policy }) => policy.Statement.flatMap(({ Action }) => Action))
    expect(actions.length).toBeGreaterThan(30)
    expect(actions.filter((action) => action.includes('*'))).toEqual([])
  })
})
