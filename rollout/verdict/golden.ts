/** How far one answer is from what was expected. */
export interface Comparison {
  readonly equal: boolean
  /** The largest difference between two numbers; NaN when something other than a number differs. */
  readonly difference: number
}

/** The comparison of a whole data set, line by line. */
export interface DatasetComparison {
  readonly errors: number
  readonly lines: number
  /** Over all lines that could be compared as numbers. */
  readonly largestDifference: number
  /** The first few lines that differ, for people. */
  readonly examples: readonly string[]
}

const different: Comparison = { equal: false, difference: Number.NaN }
const same: Comparison = { equal: true, difference: 0 }

const isNumber = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text))

function compareNumbers(expected: number, actual: number, tolerance: number): Comparison {
  const difference = Math.abs(expected - actual)
  // Tolerances are written in decimals: 0.11 - 0.10 must count as 0.01.
  return { equal: difference <= tolerance + Number.EPSILON * Math.max(1, Math.abs(expected)), difference }
}

function merge(comparisons: readonly Comparison[]): Comparison {
  const broken = comparisons.find((one) => Number.isNaN(one.difference))
  if (broken) return broken
  return {
    equal: comparisons.every((one) => one.equal),
    difference: Math.max(0, ...comparisons.map((one) => one.difference)),
  }
}

function compareJson(expected: unknown, actual: unknown, tolerance: number): Comparison {
  if (typeof expected === 'number' && typeof actual === 'number')
    return compareNumbers(expected, actual, tolerance)
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length !== actual.length) return different
    return merge(expected.map((item, index) => compareJson(item, actual[index], tolerance)))
  }
  if (typeof expected === 'object' && expected && typeof actual === 'object' && actual) {
    if (Array.isArray(expected) || Array.isArray(actual)) return different
    const keys = Object.keys(expected).toSorted()
    if (keys.join('\n') !== Object.keys(actual).toSorted().join('\n')) return different
    const at = (value: object, key: string): unknown => (value as Record<string, unknown>)[key]
    return merge(keys.map((key) => compareJson(at(expected, key), at(actual, key), tolerance)))
  }
  return expected === actual ? same : different
}

function parsed(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return null
  }
}

/** One answer against what was expected: as JSON where both are JSON, else field by field; numbers within `tolerance`. */
export function compareAnswer(expected: string, actual: string, tolerance: number): Comparison {
  const [left, right] = [parsed(expected), parsed(actual)]
  if (left && right) return compareJson(left.value, right.value, tolerance)
  const fields = (text: string) => text.trim().split(/\s*,\s*|\s+/)
  const [wanted, got] = [fields(expected), fields(actual)]
  if (wanted.length !== got.length) return different
  return merge(
    wanted.map((field, index) => {
      const other = got[index] ?? ''
      if (isNumber(field) && isNumber(other)) return compareNumbers(Number(field), Number(other), tolerance)
      return field === other ? same : different
    }),
  )
}

/** All answers of a data set; an answer that is missing (null: the request failed) counts as an error. */
export function compareDataset(
  expected: readonly string[],
  actual: readonly (string | null)[],
  tolerance: number,
): DatasetComparison {
  let errors = Math.max(0, actual.length - expected.length)
  let largestDifference = 0
  const examples: string[] = []
  for (const [index, wanted] of expected.entries()) {
    const got = actual[index] ?? null
    const comparison = got === null ? different : compareAnswer(wanted, got, tolerance)
    if (!Number.isNaN(comparison.difference))
      largestDifference = Math.max(largestDifference, comparison.difference)
    if (comparison.equal) continue
    errors += 1
    if (examples.length < 3) {
      const answer = got === null ? 'no answer' : JSON.stringify(got.slice(0, 80))
      examples.push(`line ${index + 1}: expected ${JSON.stringify(wanted.slice(0, 80))}, got ${answer}`)
    }
  }
  return { errors, lines: expected.length, largestDifference, examples }
}
