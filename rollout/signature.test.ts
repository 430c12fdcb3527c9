import { describe, expect, test } from 'vitest'
import { isSigned, signMessage } from './signature.ts'

const key = 'k'.repeat(32)
interface Message {
  readonly verb: string
  readonly decisionId: string
  readonly by: {
    readonly name: string
    readonly roles: readonly string[]
    readonly groups: readonly string[]
  }
  readonly at: string
  readonly comment?: string
  readonly signature?: string
}

const message: Message = {
  verb: 'approve',
  decisionId: 'd-1',
  by: { name: 'mia', roles: ['approver'], groups: ['ml-leads'] },
  at: '2026-11-21T10:00:00.000Z',
}
const signed = signMessage(key, 'fraud-1', message)

describe('a signed message', () => {
  test.each<[string, Message, string, string]>([
    ['another verb', { ...signed, verb: 'reject' }, 'fraud-1', key],
    ['another person', { ...signed, by: { ...signed.by, name: 'eve' } }, 'fraud-1', key],
    ['another role', { ...signed, by: { ...signed.by, roles: ['viewer'] } }, 'fraud-1', key],
    ['a comment that was put in', { ...signed, comment: 'fine' }, 'fraud-1', key],
    ['another rollout', signed, 'fraud-2', key],
    ['another key', signed, 'fraud-1', 'x'.repeat(32)],
    ['no signature', message, 'fraud-1', key],
    ['a signature that is no hex', { ...signed, signature: 'zz' }, 'fraud-1', key],
  ])('is not believed with %s', (_what, changed, rolloutId, by) => {
    expect(isSigned(by, rolloutId, changed)).toBe(false)
  })

  test('is believed as it was sent, whatever the order of its members', () => {
    const { by, ...rest } = signed
    expect(
      isSigned(key, 'fraud-1', { by: { groups: by.groups, roles: by.roles, name: by.name }, ...rest }),
    ).toBe(true)
  })

  test('is believed with members that are undefined, as they do not travel', () => {
    expect(isSigned(key, 'fraud-1', { ...signed, comment: undefined })).toBe(true)
  })
})
