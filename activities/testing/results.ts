import type { Measurement } from '../../rollout/view.ts'
import type { RunTest, TestResult } from '../contract.ts'

/** A measurement of one test, named after it. */
export function measured(
  { test, step, target }: Pick<RunTest, 'test' | 'step' | 'target'>,
  name: string,
  values: Omit<Measurement, 'step' | 'target' | 'name'>,
): Measurement {
  return { step, target: target.key, name: `${test.name}: ${name}`, ...values }
}

/** Passed when nothing speaks against it; all problems are said at once. */
export function resultOf(
  problems: readonly string[],
  fine: string,
  measurements: readonly Measurement[],
): TestResult {
  return {
    passed: problems.length === 0,
    message: problems.length > 0 ? problems.join('; ') : fine,
    measurements,
  }
}

/** `12.3 ms` */
export function milliseconds(value: number): string {
  return `${Math.round(value * 10) / 10} ms`
}
