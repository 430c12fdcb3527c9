import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { parseDocument } from '../../rollout/document/parse.ts'
import { writeStarter } from '../../rollout/document/starter.ts'
import { collect, type InitOptions } from './collect.ts'
import { openQuestions } from './questions.ts'
import type { ServingEndpoint } from './read-endpoint.ts'

const arn = 'arn:aws:sagemaker:eu-west-1:111111111111:model-package/fraud-scorer/38'
const nothing: InitOptions = { target: [], approver: [] }

/** Types the lines, and says what was written and what was asked. */
async function typed(lines: readonly string[], options = nothing, serving?: ServingEndpoint) {
  const input = new PassThrough()
  const output = new PassThrough()
  const asked = text(output)
  const questions = openQuestions(input, output)
  const collected = collect(options, serving, questions)
  input.end(lines.map((line) => `${line}\n`).join(''))
  const starter = await collected
  questions.close()
  output.end()
  return { starter, asked: await asked }
}

describe('questions', () => {
  test('suggest what follows from what was said, and make a document that passes', async () => {
    const { starter } = await typed([arn, '', '', '', 'ml-leads', '', ''])
    expect(starter).toMatchObject({
      package: arn,
      endpoint: 'fraud-scorer',
      name: 'fraud-scorer',
      targets: [{ accountId: '111111111111', region: 'eu-west-1' }],
      approvers: ['ml-leads'],
      percent: 10,
      bake: '15m',
    })
    expect(parseDocument(writeStarter(starter))).toMatchObject({ ok: true })
  })

  test('are asked again until the answer could stand in a document', async () => {
    const { starter, asked } = await typed([
      'latest',
      arn,
      '',
      '',
      '1/eu',
      '111111111111/eu-west-1',
      '',
      '',
      '',
    ])
    expect(asked).toMatch(/found "latest"; allowed: the ARN of one version/)
    expect(asked).toMatch(/12 digits/)
    expect(starter.targets).toEqual([{ accountId: '111111111111', region: 'eu-west-1' }])
  })

  test('end with a sentence when the input ends', async () => {
    await expect(typed([arn])).rejects.toThrow(/input ended/)
  })

  test('are only about what the options leave open', async () => {
    const options = { ...nothing, package: arn, endpoint: 'other', name: 'mine', percent: '5', bake: '1h' }
    const { starter, asked } = await typed(['', ''], options)
    expect(asked).not.toMatch(/Percent|ARN|Name/)
    expect(starter).toMatchObject({ endpoint: 'other', name: 'mine', percent: 5, bake: '1h' })
  })
})

describe('where nobody can be asked', () => {
  test('what follows from the package is taken', async () => {
    const starter = await collect({ ...nothing, package: arn }, undefined, undefined)
    expect(parseDocument(writeStarter(starter))).toMatchObject({ ok: true })
  })

  test('what is missing is named', async () => {
    await expect(collect(nothing, undefined, undefined)).rejects.toThrow(
      /give --package, --endpoint, --name, --target/,
    )
  })

  test('a wrong option is refused with what is allowed', async () => {
    await expect(collect({ ...nothing, package: arn, bake: 'long' }, undefined, undefined)).rejects.toThrow(
      /--bake long: found "long"; allowed: a duration/,
    )
  })
})

test('an endpoint that serves gives its place, alarms and package', async () => {
  const serving = {
    name: 'Fraud-Scorer-EU-production-endpoint-01',
    accountId: '333333333333',
    region: 'us-east-1',
    package: arn,
    alarms: [{ name: 'fraud-5xx', pinned: true }],
  }
  const starter = await collect(nothing, serving, undefined)
  expect(starter).toMatchObject({
    name: 'fraud-scorer-eu-production-end',
    endpoint: serving.name,
    targets: [{ accountId: '333333333333', region: 'us-east-1' }],
    alarms: serving.alarms,
  })
  expect(parseDocument(writeStarter(starter))).toMatchObject({ ok: true })
})
