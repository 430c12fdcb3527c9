import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, inject, test } from 'vitest'

const sluice = fileURLToPath(new URL('../bin/sluice.js', import.meta.url))
const running: ChildProcess[] = []
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): { child: ChildProcess; text: () => string } {
  const clean: NodeJS.ProcessEnv = { ...process.env }
  // A Temporal or a server of the developer's own is not to be used.
  delete clean.TEMPORAL_ADDRESS
  const child = spawn(process.execPath, [sluice, ...args], {
    env: { ...clean, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.push(child)
  let text = ''
  child.stdout.on('data', (data) => (text += String(data)))
  child.stderr.on('data', (data) => (text += String(data)))
  return { child, text: () => text }
}

test('`up` starts everything, carries the smallest example out, and leaves nothing behind after Ctrl-C', async () => {
  const up = run(['up', '--clock-rate', '240'])
  await expect
    .poll(() => up.child.exitCode ?? up.text(), { timeout: 90_000 })
    .toEqual(expect.stringMatching(/Ctrl-C stops everything/))
  const url = (name: string): string => new RegExp(`${name}\\s+(http:\\S+)`).exec(up.text())?.[1] ?? ''
  const server = { SLUICE_SERVER: url('API'), SLUICE_TOKEN: '' }
  for (const page of [`${url('API')}/readyz`, url('Temporal UI')])
    expect((await fetch(page)).status).toBe(200)

  const watch = run(['start', 'examples/minimal.yaml', '--watch', '--timeout', '2m'], server)
  const [code] = await once(watch.child, 'close')
  expect({ code, text: watch.text() }).toEqual({ code: 0, text: expect.stringMatching(/\S/) })
  expect(watch.text()).toMatch(/^started fraud-scorer-38-\w{8}$/m)
  expect(watch.text()).toMatch(/^Promoted: /m)

  const log = await readFile(new URL('../.cache/logs/local.log', import.meta.url), 'utf8')
  const messages = log
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { msg?: string }).msg)
  expect(messages).toEqual(expect.arrayContaining(['the worker polls', 'the API listens']))

  up.child.kill('SIGINT')
  expect((await once(up.child, 'close'))[0]).toBe(0)
  for (const page of [`${url('API')}/healthz`, url('Temporal UI'), url('simulated AWS')]) {
    await expect(fetch(page)).rejects.toThrow()
  }
})

test('`up` refuses a clock rate that is none', async () => {
  const up = run(['up', '--clock-rate', 'fast'])
  expect((await once(up.child, 'close'))[0]).toBe(64)
  expect(up.text()).toMatch(/--clock-rate fast: must be a number from above 0 to 1000/)
})

test('`up` on a Temporal that does not have the namespace says so and ends', async () => {
  const { address } = inject('temporal')
  const up = run(['up'], { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'nowhere' })
  expect((await once(up.child, 'close'))[0]).toBe(64)
  expect(up.text()).toContain(`TEMPORAL_NAMESPACE=nowhere: Temporal at ${address} has no such namespace`)
})
