import { describe, expect, it } from 'vitest'
import { compareChecksums } from './checksums.ts'
import { parseImage } from './image-address.ts'
import { copyPartSize, cutParts, limits, relayPartSize, samePartSize } from './parts.ts'
import { copySource, parseS3 } from './s3-address.ts'

const TIB = 1024 ** 4

describe('parts', () => {
  it('cover every byte once, in order', () => {
    const parts = cutParts(25, 10)
    expect(parts).toEqual([
      { number: 1, first: 0, last: 9 },
      { number: 2, first: 10, last: 19 },
      { number: 3, first: 20, last: 24 },
    ])
  })

  it.each([6 * 1024 ** 3, TIB, 5 * TIB, limits.singleCopy * limits.mostParts])(
    'of %i bytes are no more and no larger than S3 allows',
    (bytes) => {
      for (const size of [copyPartSize(bytes), relayPartSize(bytes)]) {
        expect(Math.ceil(bytes / size)).toBeLessThanOrEqual(limits.mostParts)
        expect(size).toBeLessThanOrEqual(limits.singleCopy)
        expect(size).toBeGreaterThanOrEqual(limits.smallestPart)
      }
    },
  )

  it('are cut as the source was, where that can be', () => {
    const mib = 1024 ** 2
    expect(samePartSize(25 * mib, { size: 10 * mib, count: 3 })).toBe(10 * mib)
    expect(samePartSize(25 * mib, { size: 10 * mib, count: 4 })).toBeUndefined()
    expect(samePartSize(5 * mib, { size: mib, count: 5 })).toBeUndefined()
    expect(samePartSize(5 * mib)).toBeUndefined()
  })
})

describe('checksums', () => {
  const full = { algorithm: 'CRC64NVME', type: 'FULL_OBJECT', value: 'a=' } as const
  const composite = { algorithm: 'SHA256', type: 'COMPOSITE', value: 'a=-3' } as const

  it('are compared only with their like', () => {
    expect(compareChecksums(full, { ...full })).toBe('same')
    expect(compareChecksums(full, { ...full, value: 'b=' })).toBe('different')
    expect(compareChecksums(full, { ...full, algorithm: 'CRC32' })).toBe('unknown')
    expect(compareChecksums(full, composite)).toBe('unknown')
    expect(compareChecksums(composite, { ...composite, value: 'b=-3' })).toBe('different')
    expect(compareChecksums(composite, { ...composite, value: 'b=-4' })).toBe('unknown')
    expect(compareChecksums(full, undefined)).toBe('unknown')
  })
})

describe('addresses', () => {
  it('of S3 are split and encoded', () => {
    expect(parseS3('s3://bucket/a/b c.bin')).toEqual({ bucket: 'bucket', key: 'a/b c.bin' })
    expect(() => parseS3('https://bucket/a')).toThrow(/not an address like s3:/)
    expect(copySource({ bucket: 'b', key: 'ü/1+1 %.bin' }, 'v=1')).toBe(
      'b/%C3%BC/1%2B1%20%25.bin?versionId=v%3D1',
    )
  })

  it('of images are told apart', () => {
    const digest = `sha256:${'a'.repeat(64)}`
    expect(parseImage(`111111111111.dkr.ecr.eu-west-1.amazonaws.com/team/app:v1@${digest}`)).toEqual({
      accountId: '111111111111',
      region: 'eu-west-1',
      registry: '111111111111.dkr.ecr.eu-west-1.amazonaws.com',
      repository: 'team/app',
      tag: 'v1',
      digest,
    })
    expect(parseImage('111111111111.dkr.ecr.cn-north-1.amazonaws.com.cn/app')?.region).toBe('cn-north-1')
    expect(parseImage('public.ecr.aws/docker/library/python:3.12')).toBeUndefined()
    expect(parseImage('python:3.12')).toBeUndefined()
  })
})
