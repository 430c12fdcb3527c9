import { expect, it } from 'vitest'
import { parseAnswer } from './parse-answer.ts'

it('lets nothing through that could write elsewhere on a terminal', () => {
  const comment = 'fine\u001b[2J\u009b31m\u0000\r\u202e \ud83d\udc4d ünï\r\n\tok'
  expect(parseAnswer(JSON.stringify({ decisions: [{ comment }], count: 1 }))).toEqual({
    decisions: [{ comment: 'fine\ufffd[2J\ufffd31m\ufffd\ufffd\ufffd \ud83d\udc4d ünï\n\tok' }],
    count: 1,
  })
})
