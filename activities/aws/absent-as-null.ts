import { isNotFound } from './predicates.ts'

/** Null for what AWS does not find; of what is to be deleted, an earlier attempt may have done it. */
export async function absentAsNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read()
  } catch (error) {
    if (isNotFound(error)) return null
    throw error
  }
}
