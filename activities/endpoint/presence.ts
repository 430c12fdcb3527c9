import { isNotFound } from '../aws/predicates.ts'
import { fail } from '../failure.ts'

/**
 * Reads what AWS has just made, or has just refused to make a second time: when it cannot be found it is not seen
 * everywhere yet (Settling), however long the activity has been tried.
 */
export async function readJustMade<T>(what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (isNotFound(error))
      throw fail('Settling', `${what} was made and cannot be seen yet.`, { cause: error })
    throw error
  }
}
