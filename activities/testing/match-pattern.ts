import { Script } from 'node:vm'

/** How long a pattern of a document may think about an answer, milliseconds. */
export const patternMs = 500

const script = new Script("new RegExp(pattern, 'u').test(text)")

/**
 * Whether a pattern matches. Patterns such as `(a+)+$` need years for some texts and would stop the whole worker
 * meanwhile; only a context of its own can be interrupted.
 */
export function matchPattern(pattern: string, text: string): 'match' | 'no match' | 'took too long' {
  try {
    return script.runInNewContext({ pattern, text }, { timeout: patternMs }) ? 'match' : 'no match'
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return 'took too long'
    throw error
  }
}
