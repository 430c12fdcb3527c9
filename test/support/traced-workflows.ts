import { ApplicationFailure, continueAsNew, executeChild } from '@temporalio/workflow'

/** Continues as new until nothing is left. */
export async function again(left: number): Promise<void> {
  if (left > 0) await continueAsNew<typeof again>(left - 1)
}

/** Has a child that fails. */
export async function parent(): Promise<void> {
  await executeChild(fails).catch(() => undefined)
}

export async function fails(): Promise<void> {
  throw ApplicationFailure.nonRetryable('a planted message', 'Denied')
}
