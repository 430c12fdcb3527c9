import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { documentOf, startStage, tokenOf, type Stage, type Who } from './support/api-stage.ts'

let stage: Stage
let folder: string
beforeAll(async () => {
  stage = await startStage(inject('temporal'), { deadlines: { worker: 1_000 } })
  await stage.startWorker()
  folder = await mkdtemp(join(tmpdir(), 'sluice-cli-'))
})
afterAll(async () => {
  await stage.close()
  await rm(folder, { recursive: true, force: true })
})

interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const sluice = fileURLToPath(new URL('../bin/sluice.js', import.meta.url))

function run(
  args: readonly string[],
  { as = 'operator', input = '' }: { as?: Who | null; input?: string } = {},
): Promise<Ran> {
  const env: NodeJS.ProcessEnv = { ...process.env, SLUICE_SERVER: stage.url }
  delete env.SLUICE_TOKEN
  if (as) env.SLUICE_TOKEN = tokenOf(as)
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [sluice, ...args], { env, stdio: 'pipe' })
    let out = ''
    let err = ''
    child.stdout.on('data', (data) => (out += String(data)))
    child.stderr.on('data', (data) => (err += String(data)))
    child.stdin.end(input)
    child.on('close', (code) => resolve({ code, out, err }))
  })
}

async function file(name: string, text = documentOf(name)): Promise<string> {
  const path = join(folder, `${name}.yaml`)
  await writeFile(path, text)
  return path
}

async function started(): Promise<string> {
  const { out } = await run(['start', await file('fraud-scorer'), '--json'])
  return JSON.parse(out).id as string
}

describe('wrong usage', () => {
  test.each<[string, string[], RegExp]>([
    ['no command', [], /^$/],
    ['a command that does not exist', ['aprove', 'x'], /unknown command 'aprove'[^]*Did you mean approve\?/],
    ['a file that is not there', ['start', '/no/such.yaml'], /\/no\/such\.yaml: there is no such file/],
    [
      'a timeout that is none',
      ['status', 'x', '--watch', '--timeout', 'soon'],
      /--timeout soon: must be a whole number and a unit/,
    ],
    [
      'a role that does not exist',
      ['token', 'mia', '--role', 'admin'],
      /--role admin: must be one of viewer, operator, approver/,
    ],
    ['a phase that there is not', ['list', '--phase', 'Sleeping'], /Allowed choices are Queued, /],
    ['a filter that the server refuses', ['list', '--model', 'a b'], /query\.model/],
  ])('%s exits 64 and says what is wrong', async (_what, args, expected) => {
    const { code, err } = await run(args)
    expect(code).toBe(64)
    expect(err).toMatch(expected)
  })

  test('a wrong document exits 64 with file, line, path and what is allowed, before any server is asked', async () => {
    const path = await file(
      'wrong',
      documentOf('wrong').replace('canary: { percent: 10', 'canary: { percent: 110'),
    )
    for (const command of ['lint', 'start']) {
      const { code, err } = await run([command, path], { as: null })
      expect(code).toBe(64)
      expect(err).toMatch(/wrong\.yaml:\d+: production\.strategy\.canary\.percent: found 110; allowed: /)
    }
  })

  test('a token that is missing or unknown exits 64 and says how to get one', async () => {
    const { code, err } = await run(['list'], { as: null })
    expect(code).toBe(64)
    expect(err).toMatch(/No valid credential[^]*sluice token NAME/)
    expect((await run(['list', '--token', 'wrong'], { as: null })).code).toBe(64)
  })

  test('a verb that the credential may not use exits 64 and names the role', async () => {
    const { code, err } = await run(['approve', 'x'], { as: 'operator' })
    expect([code, err]).toEqual([
      64,
      expect.stringMatching(/otto has the roles operator; `approve` needs approver/),
    ])
  })
})

describe('looking in a pipe', () => {
  test('cuts no line, however long it is', async () => {
    const name = 'fraud-scorer-of-merchants'
    const { out: started } = await run(['start', await file(name), '--json'])
    const { id } = JSON.parse(started) as { id: string }
    await expect
      .poll(async () => (await run(['list', '--model', name])).out, { timeout: 20_000 })
      .toMatch(new RegExp(`${id} .* ${name} v38 · AwaitingApproval\n$`))
    const { out } = await run(['list', '--model', name])
    expect(out.trimEnd().length).toBeGreaterThan(80)
    expect((await run(['get', id])).out).toMatch(/copy.*\n[^]*temporal\.example.*\n$/)
  })
})

describe('a server', () => {
  test('that is not there exits 1 and says how to start one', async () => {
    const { code, err } = await run(['list', '--server', 'http://127.0.0.1:9'])
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/No server answers at http:\/\/127\.0\.0\.1:9[^]*sluice up/),
    ])
  })

  test('that is none of ours is told as such', async () => {
    const page = createServer((_, response) => response.end('<!doctype html>')).listen(0, '127.0.0.1')
    await once(page, 'listening')
    const url = `http://127.0.0.1:${(page.address() as AddressInfo).port}`
    const { code, err } = await run(['list', '--server', url])
    page.close()
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/answered 200, and not like a Sluice server[^]*SLUICE_SERVER/),
    ])
  })
})

describe('help', () => {
  test('teaches the first rollout and the exit codes', async () => {
    const { code, out } = await run(['--help'])
    expect(code).toBe(0)
    expect(out).toMatch(/sluice start examples\/minimal\.yaml --watch/)
    expect(out).toMatch(/3 {2}timed out/)
  })
})

describe('lint and plan', () => {
  test('lint takes several files and stdin, and fails for any of them', async () => {
    const { code, out, err } = await run(['lint', '-', await file('good')], {
      as: null,
      input: 'kind: Nothing\n',
    })
    expect(code).toBe(64)
    expect(out).toMatch(/good\.yaml: fine/)
    expect(err).toMatch(/^stdin:1: /m)
  })

  test('what is no file, no server and no token is wrong usage, and no token is ever repeated', async () => {
    for (const [args, said] of [
      [['lint', import.meta.dirname], /a folder, and no file/],
      [['list', '--server', 'nonsense'], /must be an http:\/\/ or https:\/\/ URL/],
      [['list', '--token', 'sluice_half\nsluice_other'], /characters that no token has/],
    ] as const) {
      const { code, err } = await run([...args], { as: null })
      expect([code, err]).toEqual([64, expect.stringMatching(said)])
      expect(err).not.toContain('sluice_')
    }
  })

  test('plan shows steps and findings, and exits 1 when the rollout would be refused', async () => {
    const fine = await run(['plan', await file('fraud-scorer')])
    expect(fine).toMatchObject({
      code: 0,
      out: expect.stringMatching(/1 {2}copy\n[^]*Nothing speaks against it/),
    })
    const refused = await run(['plan', await file('broken')])
    expect(refused).toMatchObject({
      code: 1,
      out: expect.stringMatching(
        /1 error, 1 warning\n {2}✗ found by broken\n {4}repair it \(package-not-approved\)/,
      ),
    })
    const asJson = await run(['plan', await file('broken'), '--json'])
    expect(JSON.parse(asJson.out).findings).toHaveLength(2)
  })
})

describe('start', () => {
  test('prints the id, and the same key and document twice is one rollout', async () => {
    const path = await file('fraud-scorer')
    const args = ['start', path, '--idempotency-key', `key-${Date.now()}`]
    const [first, second] = [await run(args), await run(args)]
    expect(first).toMatchObject({ code: 0, out: expect.stringMatching(/^started otto-[a-z0-9]{16}\n$/) })
    expect(second.out).toContain(
      `${first.out.trim().replace('started ', '')} was started before by this very request`,
    )
  })

  test('shows the findings that refused it, and exits 1', async () => {
    const { code, out, err } = await run(['start', await file('broken')])
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/✗ found by broken\n {4}repair it/)
  })

  test('prints the whole problem with --json', async () => {
    const { code, err } = await run(['start', await file('busy'), '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(err)).toMatchObject({
      type: 'urn:sluice:problem:target-busy',
      findings: [{ code: 'target-busy' }],
    })
  })
})

describe('watching', () => {
  test('logs every change in a pipe, without escapes, and exits with the code of the outcome', async () => {
    const id = await started()
    const watching = run(['get', id, '--watch'])
    await decide(id, 'approve', 'approver')
    const { code, out } = await watching
    expect(code).toBe(0)
    expect(out).toMatch(/^\d\d:\d\d:\d\dZ {2}began with two lines$/m)
    expect(out).toMatch(/^\d\d:\d\d:\d\dZ {2}approve by mia$/m)
    expect(out).toMatch(/^Succeeded: /m)
    expect(out).not.toContain('\x1b')
  })

  test('exits 2 when the rollout was aborted, also when it is over already', async () => {
    const id = await started()
    await decide(id, 'abort', 'operator')
    for (const args of [
      ['get', id, '--watch'],
      ['status', id, '--watch'],
    ])
      expect((await run(args)).code).toBe(2)
    const status = await run(['status', id])
    expect(status).toMatchObject({ code: 2, out: expect.stringMatching(/^fraud-scorer v38 · Aborted · /) })
  })

  test('exits 3 when it takes too long, and the rollout goes on', async () => {
    const id = await started()
    const { code, err } = await run(['get', id, '--watch', '--timeout', '1s'])
    expect([code, err]).toEqual([3, expect.stringMatching(/the rollout goes on/)])
    expect((await run(['status', id])).code).toBe(0)
  })

  test('exits 4 when somebody ended the workflow from outside', async () => {
    const id = await started()
    await stage.client.workflow.getHandle(`rollout/${id}`).terminate('by somebody')
    expect((await run(['status', id, '--watch'])).code).toBe(4)
  })

  test('prints every state as a line of JSON with --json', async () => {
    const id = await started()
    await decide(id, 'approve', 'approver')
    const { out } = await run(['get', id, '--watch', '--json'])
    const states = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(states.at(-1)).toMatchObject({ id, phase: 'Ended', outcome: 'Succeeded' })
  })
})

describe('deciding', () => {
  test('prints what came of it, and a refusal exits 1 with the reason', async () => {
    const id = await started()
    const refused = await run(['retry', id])
    expect(refused).toMatchObject({
      code: 1,
      err: expect.stringMatching(/nothing has failed[^]*What it takes now: .*abort/),
    })
    const aborted = await run(['abort', id, '--comment', 'wrong model'])
    expect(aborted).toMatchObject({ code: 0, out: 'abort by otto\n' })
    const explained = await run(['explain', id])
    expect(explained).toMatchObject({
      code: 0,
      out: expect.stringMatching(/otto aborted at .*“wrong model”/),
    })
  })

  test('that is not known to be taken after several tries exits 3 with the command that asks again', async () => {
    const id = await started()
    const { code, err } = await run(['pause', id])
    expect(code).toBe(3)
    expect(err).toMatch(new RegExp(`sluice pause ${id} --decision-id [0-9a-f-]{36}`))
  })
})

describe('a token', () => {
  test('stands on stdout alone, so that it can be piped, and its entry on stderr', async () => {
    const { code, out, err } = await run(['token', 'mia', '--role', 'approver', '--group', 'ml-leads'], {
      as: null,
    })
    expect(code).toBe(0)
    expect(out).toMatch(/^sluice_[\w-]{43}\n$/)
    expect(err).toMatch(/- name: mia\n {4}sha256: [0-9a-f]{64}\n {4}roles:\n {6}- approver\n/)
    expect(err).not.toContain(out.trim())
  })
})

async function decide(id: string, verb: string, as: Who): Promise<void> {
  const { status } = await stage.send('POST', `/v1/rollouts/${id}/${verb}`, { as })
  expect(status).toBe(200)
}
