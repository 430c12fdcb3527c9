import { z } from 'zod'
import type { RunTest, TestResult } from '../contract.ts'
import { fail } from '../failure.ts'
import { measured, resultOf } from './results.ts'

const measurementSchema = z.object({
  name: z.string().min(1).max(100),
  value: z.number(),
  unit: z.enum(['ms', 'count', 'rate', 'bool']).default('count'),
  limit: z.number().optional(),
  passed: z.boolean().default(true),
  samples: z.int().min(0).optional(),
})

const finalSchema = z.object({
  passed: z.boolean(),
  message: z.string().max(2000).optional(),
  measurements: z.array(measurementSchema).max(100).default([]),
})

/** The JSON in a body; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** Checks a final answer of a team's test service. Throws Refused that names what is wrong with it. */
export function readFinalAnswer(input: RunTest, url: string, body: string): TestResult {
  const found = finalSchema.safeParse(parseJson(body))
  if (!found.success) {
    const problems = found.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)
    throw fail(
      'Refused',
      `test ${input.test.name}: ${url} answered ${JSON.stringify(body.slice(0, 200))}, which is no test result ` +
        `(${problems.join('; ')}). Answer 200 with { "passed": true, "measurements": [{ "name", "value", "unit" }] }.`,
    )
  }
  const { passed, message, measurements } = found.data
  const failed = measurements.filter((one) => !one.passed).map((one) => `${one.name} is ${one.value}`)
  const problems = passed
    ? []
    : [message ?? (failed.length > 0 ? failed.join('; ') : 'the test service says so')]
  return resultOf(
    problems,
    message ?? 'passed, says the test service',
    measurements.map(({ name, ...values }) => measured(input, name, values)),
  )
}
