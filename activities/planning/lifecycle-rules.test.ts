import { describe, expect, it } from 'vitest'
import { expiringRule } from './lifecycle-rules.ts'

const tag = 'sluice-0123456789ab'
const rule = (rulePriority: number, selection: object, action = 'expire') => ({
  rulePriority,
  selection: { countType: 'imageCountMoreThan', countNumber: 10, ...selection },
  action: { type: action },
})
const policy = (...rules: object[]) => JSON.stringify({ rules })

describe('a lifecycle policy', () => {
  it.each([
    ['any', { tagStatus: 'any' }, true],
    ['untagged', { tagStatus: 'untagged' }, false],
    ['a prefix of ours', { tagStatus: 'tagged', tagPrefixList: ['sluice-'] }, true],
    ['another prefix', { tagStatus: 'tagged', tagPrefixList: ['prod'] }, false],
    ['both prefixes', { tagStatus: 'tagged', tagPrefixList: ['sluice-', 'prod'] }, false],
    ['every pattern', { tagStatus: 'tagged', tagPatternList: ['*'] }, true],
    ['a pattern of ours', { tagStatus: 'tagged', tagPatternList: ['*-0123*'] }, true],
  ])('that selects %s expires the copy: %#', (_what, selection, expires) => {
    expect(expiringRule(policy(rule(1, selection)), tag) !== undefined).toBe(expires)
  })

  it('is decided by the first rule that selects the copy, in the order of priorities', () => {
    const keep = rule(1, { tagStatus: 'tagged', tagPrefixList: ['sluice-'], countNumber: 1000 }, 'archive')
    expect(expiringRule(policy(rule(5, { tagStatus: 'any' }), keep), tag)).toBeUndefined()
  })

  it('is told in words', () => {
    const old = { tagStatus: 'any', countType: 'sinceImagePushed', countNumber: 30, countUnit: 'days' }
    expect(expiringRule(policy(rule(3, old)), tag)).toBe('rule 3 expires any image 30 days after the push')
  })
})
