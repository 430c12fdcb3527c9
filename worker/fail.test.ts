import { execFile } from 'node:child_process'
import { expect, test } from 'vitest'

const environment = JSON.stringify(new URL('environment.ts', import.meta.url).href)
const failing = JSON.stringify(new URL('fail.ts', import.meta.url).href)

/** A process that would never end by itself, because it listens, and that fails with that error. */
const failWith = (error: string) =>
  new Promise<{ code: unknown; stderr: string }>((resolve) => {
    const script = `
      import { createServer } from 'node:net'
      import { ConfigError } from ${environment}
      import { fail } from ${failing}
      createServer().listen(0, '127.0.0.1', () => Promise.reject(${error}).catch(fail))`
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script]
    execFile(process.execPath, args, (error, _stdout, stderr) => resolve({ code: error?.code ?? 0, stderr }))
  })

test('a process that fails ends though something is open, and says why', async () => {
  await expect(failWith(`new Error('no worker')`)).resolves.toEqual({ code: 1, stderr: 'no worker\n' })
})

test('a wrong configuration is told a line for each problem, with exit code 64', async () => {
  await expect(failWith(`new ConfigError(['A: is wrong', 'B: is missing'])`)).resolves.toEqual({
    code: 64,
    stderr: 'A: is wrong\nB: is missing\n',
  })
})
