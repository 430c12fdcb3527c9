import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readModel } from '../models/model.ts'
import type { ServiceName } from './types.ts'
import { compilePattern, describeViolations, findViolations } from './validate.ts'

const sagemaker = readModel('sagemaker')
const check = (operation: string, input: unknown) =>
  findViolations(sagemaker, sagemaker.operations[operation]!.input!, input)
const text = (operation: string, input: unknown) => describeViolations(check(operation, input))

const variant = { VariantName: 'v', ModelName: 'm', InitialInstanceCount: 1, InstanceType: 'ml.m5.xlarge' }

describe('findViolations', () => {
  it('says it as SageMaker does', () => {
    expect(text('CreateEndpoint', { EndpointName: 'a_b', EndpointConfigName: 'c' })).toBe(
      "1 validation error detected: Value 'a_b' at 'endpointName' failed to satisfy constraint: " +
        'Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}',
    )
    expect(text('CreateEndpoint', {})).toBe(
      "2 validation errors detected: Value null at 'endpointName' failed to satisfy constraint: Member must not be null; " +
        "Value null at 'endpointConfigName' failed to satisfy constraint: Member must not be null",
    )
  })

  it('looks into lists and structures and names the place', () => {
    const input = {
      EndpointConfigName: 'c',
      ProductionVariants: [
        variant,
        { ...variant, InstanceType: 'ml.fast', InitialInstanceCount: 0, InitialVariantWeight: -1 },
      ],
    }
    expect(check('CreateEndpointConfig', input)).toEqual([
      {
        path: 'productionVariants.2.member.initialInstanceCount',
        found: '0',
        constraint: 'Member must have value greater than or equal to 1',
      },
      {
        path: 'productionVariants.2.member.instanceType',
        found: 'ml.fast',
        constraint: expect.stringMatching(/^Member must satisfy enum value set: \[ml\./),
      },
      {
        path: 'productionVariants.2.member.initialVariantWeight',
        found: '-1',
        constraint: 'Member must have value greater than or equal to 0',
      },
    ])
  })

  it.each([
    ['an empty list', { ProductionVariants: [] }, 'Member must have length greater than or equal to 1'],
    [
      'a list that is too long',
      { ProductionVariants: Array(11).fill(variant) },
      'Member must have length less than or equal to 10',
    ],
    [
      'a name that is too long',
      { EndpointConfigName: 'x'.repeat(64) },
      'Member must have length less than or equal to 63',
    ],
    [
      'a member that the model does not have',
      { Surprise: 1 },
      expect.stringMatching(/^Member must be one of \[EndpointConfigName, /),
    ],
    ['a wrong type', { ProductionVariants: 'v' }, 'Member must be of type list'],
    [
      'a fraction for an integer',
      { ProductionVariants: [{ ...variant, InitialInstanceCount: 1.5 }] },
      'Member must be of type integer',
    ],
  ])('refuses %s', (_what, change, constraint) => {
    const input = { EndpointConfigName: 'c', ProductionVariants: [variant], ...change }
    expect(check('CreateEndpointConfig', input).map((one) => one.constraint)).toContainEqual(constraint)
  })

  it('checks the keys and values of maps', () => {
    const input = {
      ModelName: 'm',
      PrimaryContainer: { Image: 'i', Environment: { '1BAD': 'x'.repeat(1025) } },
    }
    expect(check('CreateModel', input).map((one) => one.path)).toEqual([
      'primaryContainer.environment.1BAD.key',
      'primaryContainer.environment.1BAD.member',
    ])
  })

  it('accepts what is right, undefined members included', () => {
    const input = { EndpointConfigName: 'c', ProductionVariants: [variant], KmsKeyId: undefined }
    expect(check('CreateEndpointConfig', input)).toEqual([])
  })
})

describe('compilePattern', () => {
  it('understands every pattern of every served model', () => {
    const services = readdirSync(new URL('../models/generated', import.meta.url)).map((file) =>
      file.replace('.json', ''),
    )
    expect(services).toHaveLength(9)
    for (const service of services) {
      for (const { pattern } of Object.values(readModel(service as ServiceName).shapes))
        if (pattern) compilePattern(pattern)
    }
  })

  it('matches whole texts and reads the dialect of other languages', () => {
    expect(compilePattern('[a-z]+').test('abc1')).toBe(false)
    expect(compilePattern('\\A\\S[\\p{Print}]*\\z').test('x y')).toBe(true)
    expect(compilePattern('\\A\\S[\\p{Print}]*\\z').test('x\ny')).toBe(false)
    expect(compilePattern('([\\p{L}]*)${1,128}').test('größe')).toBe(true)
  })
})
