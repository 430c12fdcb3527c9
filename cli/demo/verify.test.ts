import { describe, expect, test } from 'vitest'
import type { Standing } from './endpoints.ts'
import { findDifferences } from './verify.ts'

const expected = { outcome: 'RolledBack', version: 38, gone: 39, answer: 0.9913 } as const

const standing = (more: Partial<Standing> = {}): Standing => ({
  place: { accountId: '333333333333', region: 'eu-west-1', endpoint: 'fraud-scorer' },
  status: 'InService',
  variants: [{ name: 'AllTraffic', weight: 1 }],
  artifact: 's3://models-333333333333-eu-west-1/fraud-scorer/38/dcfb/model.tar.gz',
  resources: ['fraud-scorer-v37', 'fraud-scorer-v38-12345678'],
  answer: '0.991330',
  ...more,
})

describe('the verdict of the demo', () => {
  test('is good when the outcome is right and every endpoint serves the right model alone', () => {
    expect(findDifferences(expected, 'RolledBack', [standing(), standing()])).toEqual([])
  })

  test.each<[string, Partial<Standing>, RegExp]>([
    ['an endpoint that is still updating', { status: 'Updating' }, /is Updating, not InService/],
    [
      'a candidate that is still there',
      {
        variants: [
          { name: 'AllTraffic', weight: 1 },
          { name: 'c-1', weight: 0 },
        ],
      },
      /AllTraffic, c-1/,
    ],
    ['another variant', { variants: [{ name: 'c-1', weight: 1 }] }, /not AllTraffic alone/],
    ['no traffic', { variants: [{ name: 'AllTraffic', weight: 0 }] }, /no traffic/],
    ['another version', { artifact: 's3://m/fraud-scorer/39/x/model.tar.gz' }, /is not version 38/],
    ['another prediction', { answer: '0.2' }, /answers 0\.2, not about 0\.9913/],
    ['no prediction', { answer: '' }, /answers /],
    ['an error instead of a prediction', { answer: 'oops' }, /answers oops/],
    [
      'something of the bad version left',
      { resources: ['fraud-scorer-v39-bake-12345678'] },
      /still has fraud-scorer-v39-bake-12345678/,
    ],
  ])('is bad with %s', (_what, more, difference) => {
    const differences = findDifferences(expected, 'RolledBack', [standing(), standing(more)])
    expect(differences).toEqual([expect.stringMatching(difference)])
    expect(differences[0]).toContain('333333333333/eu-west-1/fraud-scorer')
  })

  test.each(['Succeeded', 'Failed', undefined] as const)('is bad when it ended %s', (outcome) => {
    expect(findDifferences(expected, outcome, [standing()])).toHaveLength(1)
  })
})
