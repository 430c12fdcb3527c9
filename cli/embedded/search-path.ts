import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * The first runnable file of that name on the PATH of `env`, or undefined.
 * On Windows the extensions of PATHEXT are tried.
 */
export function searchPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter((folder) => folder !== '')
  const endings = process.platform === 'win32' ? (env.PATHEXT ?? '.EXE;.CMD;.BAT').split(';') : ['']
  for (const folder of folders) {
    for (const ending of endings) {
      const candidate = join(folder, name + ending)
      if (isRunnable(candidate)) return candidate
    }
  }
  return undefined
}

/** Whether this is a file that the current user may execute. */
export function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
