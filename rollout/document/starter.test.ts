import { expect, test } from 'vitest'
import { parseDocument } from './parse.ts'
import type { Starter } from './starter.ts'
import { writeStarter } from './starter.ts'

const smallest: Starter = {
  name: 'fraud-scorer',
  package: 'arn:aws:sagemaker:eu-west-1:111111111111:model-package/fraud-scorer/38',
  endpoint: 'fraud-scorer',
  targets: [{ accountId: '111111111111', region: 'eu-west-1' }],
  alarms: [],
  approvers: [],
  percent: 10,
  bake: '15m',
}

test.each<[string, Partial<Starter>]>([
  ['the smallest', {}],
  ['another Region', { targets: [...smallest.targets, { accountId: '111111111111', region: 'us-east-1' }] }],
  [
    'several accounts',
    {
      targets: [
        { accountId: '222222222222', region: 'eu-west-1' },
        { accountId: '333333333333', region: 'us-east-1' },
      ],
    },
  ],
  [
    'a new endpoint',
    {
      create: {
        instanceType: 'ml.m5.xlarge',
        instanceCount: 2,
        executionRole: 'arn:aws:iam::111111111111:role/model-execution',
      },
    },
  ],
  [
    'alarms with strange names, and approvers',
    {
      alarms: [
        { name: 'fraud: "5xx" [prod] #1', pinned: true },
        { name: '- not a list', pinned: false },
      ],
      approvers: ['ml-leads', 'ben@example.com', 'a, b'],
    },
  ],
])('a starter for %s passes the parser', (_, more) => {
  const parsed = parseDocument(writeStarter({ ...smallest, ...more }))
  expect(parsed.ok ? [] : parsed.problems).toEqual([])
  if (!parsed.ok) return
  const given = { ...smallest, ...more }
  expect(parsed.document.production.waves).toHaveLength(given.targets.length)
  expect(parsed.document.approval?.from ?? []).toEqual(given.approvers)
  expect(
    parsed.document.production.watch.alarms.flatMap((alarm) =>
      alarm.kind === 'existing' ? [alarm.name] : alarm.kind === 'like' ? [alarm.like] : [],
    ),
  ).toEqual(given.alarms.map(({ name }) => name))
})

test('copies only what has to travel', () => {
  expect(writeStarter(smallest)).not.toContain('replicate:')
  const far = { ...smallest, targets: [{ accountId: '111111111111', region: 'us-east-1' }] }
  expect(writeStarter(far)).toContain('replicate:')
})
