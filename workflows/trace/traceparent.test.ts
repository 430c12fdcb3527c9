import { defaultPayloadConverter } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import { parseTraceParent, readTraceHeader, withTraceHeader, writeTraceParent } from './traceparent.ts'

const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
const span = '00f067aa0ba902b7'

describe('a traceparent', () => {
  it.each([
    ['01', true],
    ['00', false],
    ['03', true],
  ])('with flags %s is sampled: %s', (flags, sampled) => {
    expect(parseTraceParent(`00-${trace}-${span}-${flags}`)).toEqual({
      traceId: trace,
      spanId: span,
      sampled,
    })
  })

  it.each([
    undefined,
    '',
    7,
    'anything',
    `00-${'0'.repeat(32)}-${span}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace.toUpperCase()}-${span}-01`,
    `ff-${trace}-${span}-01`,
    `00-${trace}-${span}-01-more`,
    `00-${trace}-${span}-01\n`,
  ])('that is %j is none', (text) => {
    expect(parseTraceParent(text)).toBeUndefined()
  })

  it('goes through the headers of workflows and activities, beside others', () => {
    const parent = { traceId: trace, spanId: span, sampled: true }
    const other = defaultPayloadConverter.toPayload(1)
    const headers = withTraceHeader({ other }, parent)
    expect(readTraceHeader(headers)).toEqual(parent)
    expect(headers['other']).toBe(other)
    expect(writeTraceParent(parent)).toBe(`00-${trace}-${span}-01`)
  })

  it.each([{}, null, 'text', { traceparent: 7 }])(
    'is not found, and nothing fails, in a header of %j',
    (value) => {
      expect(readTraceHeader({ '_tracer-data': defaultPayloadConverter.toPayload(value) })).toBeUndefined()
      expect(readTraceHeader({})).toBeUndefined()
    },
  )

  it('is not found in a header that cannot be read', () => {
    const broken = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{') }
    expect(readTraceHeader({ '_tracer-data': broken })).toBeUndefined()
  })
})
