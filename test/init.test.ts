import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packModel } from '../examples/model/pack.ts'
import type { Plan } from '../rollout/plan/types.ts'
import { startStack, type Stack } from './support/stack.ts'

const bin = fileURLToPath(new URL('../bin/sluice.js', import.meta.url))

describe('sluice init', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-init-'))
  let stack: Stack

  beforeAll(async () => {
    const artifact = await packModel('good')
    stack = await startStack({ versions: [37, 38].map((version) => ({ version, artifact })) })
  })
  afterAll(async () => {
    await stack.close()
    rmSync(folder, { recursive: true })
  })

  const sluice = (...args: readonly string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const env = {
        PATH: process.env['PATH'],
        AWS_ENDPOINT_URL: stack.sandbox.url,
        AWS_ACCESS_KEY_ID: `AKIA${stack.accounts.prodEu}`,
        AWS_SECRET_ACCESS_KEY: 'any',
      }
      const child = execFile(
        process.execPath,
        [bin, ...args],
        { env, cwd: folder },
        (error, stdout, stderr) =>
          resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, stdout, stderr }),
      )
      child.stdin?.end()
    })

  test('--from-endpoint writes a document that passes lint and plan, and never writes over another', async () => {
    const arn = `arn:aws:sagemaker:eu-west-1:${stack.accounts.registry}:model-package/fraud-scorer/38`
    const from = ['init', '--from-endpoint', 'fraud-scorer', '--region', 'eu-west-1', '--package', arn]
    expect(await sluice(...from)).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^wrote rollout\.yaml\nnext: /),
    })
    expect(await sluice('lint', 'rollout.yaml')).toMatchObject({ code: 0 })
    expect(await sluice(...from)).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/is there already/),
    })

    const written = readFileSync(join(folder, 'rollout.yaml'), 'utf8')
    expect(written).toContain(`account: prod, region: eu-west-1`)
    // The roles of this world are its own; nothing else is added by hand.
    const document = written.replace(
      `prod: { id: "${stack.accounts.prodEu}" }`,
      `prod: { id: "${stack.accounts.prodEu}", role: arn:aws:iam::${stack.accounts.prodEu}:role/sluice-deploy }`,
    )
    const { status, body } = await stack.ask<Plan>('vic', 'POST', '/v1/plans', document, {
      'content-type': 'application/yaml',
    })
    expect(status).toBe(200)
    expect(body.findings.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(body.steps.map(({ kind }) => kind)).toContain('shift')
  })

  test('says what to check when there is no such endpoint', async () => {
    expect(
      await sluice('init', '-', '--from-endpoint', 'nothing-here', '--region', 'eu-west-1'),
    ).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/The endpoint nothing-here cannot be read: .*\n.*--region/),
    })
  })
})
