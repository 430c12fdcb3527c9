import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('main.ts', import.meta.url))

let child: ChildProcess | undefined
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-'))
})
afterEach(() => {
  child?.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

const start = (...options: string[]) => {
  child = spawn(process.execPath, ['--import', 'tsx', main, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return child
}

describe('sandbox/main.ts', () => {
  it('serves the seed it was given until it is told to stop', async () => {
    const seed = join(folder, 'seed.json')
    writeFileSync(
      seed,
      JSON.stringify({ buckets: [{ name: 'b', account: '111111111111', region: 'eu-west-1' }] }),
    )
    const running = start('--port', '0', '--clock-rate', '60', '--seed', seed)
    const [first] = (await once(running.stdout!, 'data')) as [Buffer]
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(first.toString())![0]
    const state = (await (await fetch(`${url}/_sandbox/state?part=buckets`)).json()) as { buckets: unknown[] }
    expect(state.buckets).toMatchObject([{ name: 'b' }])
    const exit = once(running, 'exit')
    running.kill('SIGTERM')
    expect((await exit)[0]).toBe(0)
  })

  it('says what is wrong with its options, and ends with 64', async () => {
    const running = start('--clock-rate', 'fast')
    let text = ''
    running.stderr!.on('data', (chunk: Buffer) => (text += chunk.toString()))
    const [code] = await once(running, 'close')
    expect([code, text]).toEqual([
      64,
      expect.stringContaining("--clock-rate: found 'fast', allowed is a number"),
    ])
  })
})
