import { describe, expect, test } from 'vitest'
import { readLastEventId } from './follow.ts'
import { writeEvent } from './server-sent.ts'

describe('an event', () => {
  test.each(['a\nevent: end', 'a\rid: 9', 'a\r\n\r\ndata: {}'])(
    'never lets a text become a further field: %j',
    (text) => {
      const lines = writeEvent({ event: 'timeline', id: '3', data: { text } }).split(/\r\n|\n|\r/)
      expect(lines).toEqual(['id: 3', 'event: timeline', `data: ${JSON.stringify({ text })}`, '', ''])
      expect(() => writeEvent({ event: text, data: 1 })).toThrow(RangeError)
      expect(() => writeEvent({ event: 'x', id: text, data: 1 })).toThrow(RangeError)
    },
  )
})

test.each<[string | undefined, number | 'end']>([
  [undefined, 0],
  ['', 0],
  ['17', 17],
  ['-1', 0],
  ['1e9', 0],
  ['99999999999999999999', 0],
  ['end', 'end'],
])('Last-Event-ID %j resumes after %j', (header, after) => {
  expect(readLastEventId(header)).toBe(after)
})
