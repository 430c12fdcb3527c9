import { run, lastLine } from './run.ts'
import type { BinarySpec } from './binaries.ts'

/** Either fine, or why this program cannot be used, as the end of a sentence. */
export type VersionCheck = { readonly ok: true } | { readonly ok: false; readonly reason: string }

/** Runs the program once to see that it works here and is new enough. */
export async function checkVersion(
  spec: BinarySpec,
  path: string,
  env: NodeJS.ProcessEnv,
): Promise<VersionCheck> {
  if (spec.minimumVersion === undefined) return { ok: true }
  const { code, stdout, stderr } = await run(path, ['--version'], { env, timeoutMs: 20_000 })
  if (code !== 0) return { ok: false, reason: `does not run (${lastLine(stderr) || `exit code ${code}`})` }
  const version = /\b(\d+\.\d+\.\d+)/.exec(stdout)?.[1]
  if (version === undefined) return { ok: false, reason: `does not say its version (${lastLine(stdout)})` }
  if (compareVersions(version, spec.minimumVersion) < 0) {
    return { ok: false, reason: `is version ${version}, and Sluice needs ${spec.minimumVersion} or later` }
  }
  return { ok: true }
}

/** Negative, zero or positive, like a sort callback, for plain `major.minor.patch` versions. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [left.split('.').map(Number), right.split('.').map(Number)]
  for (let index = 0; index < 3; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
