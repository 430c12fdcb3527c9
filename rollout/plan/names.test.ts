import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alarmName, clientToken, hash8, previewHash, targetNames } from './names.ts'

const documentName = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$/)

describe('names', () => {
  it('are what SageMaker takes, whatever the document and its version are called', () => {
    fc.assert(
      fc.property(
        documentName,
        fc.integer({ min: 1, max: 999_999_999 }),
        fc.option(fc.string({ minLength: 1 })),
        fc.jsonValue(),
        (name, version, rolloutId, content) => {
          for (const made of Object.values(targetNames(rolloutId, name, version, content))) {
            expect(made).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/)
            expect(made.length).toBeLessThanOrEqual(63)
          }
        },
      ),
    )
  })

  it('of alarms are what CloudWatch takes, and keep their order where slugs are alike', () => {
    fc.assert(
      fc.property(documentName, fc.string({ maxLength: 255 }), (name, slug) => {
        const made = [1, 2].map((index) => alarmName('r', name, 'key', `${index}-${slug}`))
        expect(made[0]).not.toBe(made[1])
        for (const one of made) expect(one).toMatch(/^sluice-[a-z0-9-]{1,248}$/)
      }),
    )
  })

  it('of a preview never look like those of a rollout', () => {
    expect(hash8(null, 'x')).toBe(previewHash)
    expect(hash8('r', 'x')).toMatch(/^[0-9a-f]{8}$/)
  })
})

describe('clientToken', () => {
  const group = 'arn:aws:sagemaker:eu-west-1:111111111111:model-package-group/g'

  it('is the same for the same registration and another for any other', () => {
    const token = clientToken('r', group, 'a')
    expect(token).toBe(clientToken('r', group, 'a'))
    expect(
      new Set([
        token,
        clientToken('s', group, 'a'),
        clientToken('r', `${group}2`, 'a'),
        clientToken('r', group, 'b'),
      ]).size,
    ).toBe(4)
    expect(token).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})
