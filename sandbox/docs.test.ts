import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faultKinds } from './core/control.ts'
import { services } from './services.ts'
import { startSandbox, type Sandbox } from './start.ts'

const page = readFileSync(new URL('../docs/sandbox.md', import.meta.url), 'utf8')
const seed = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)![1]!) as Record<string, unknown>
const examples = page.split('\n').filter((line) => line.startsWith('curl '))

const parse = (line: string) => {
  const body = /-d '(.*)'$/.exec(line)?.[1]
  const method = /-X (\w+)/.exec(line)?.[1] ?? (body === undefined ? 'GET' : 'POST')
  return { method, path: /\$SANDBOX([^\s"]+)/.exec(line)![1]!, body }
}

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ clockRate: 600, seed })
})
afterAll(() => sandbox.close())

describe('docs/sandbox.md', () => {
  it('seeds an endpoint that is in service', () => {
    const endpoints = services.get('sagemaker')!.dumps!.endpoints!(sandbox.world)
    expect(endpoints).toMatchObject([{ name: 'fraud-scorer', status: 'InService', config: 'fraud-37' }])
  })

  it.each(examples)('has an example that works: %s', async (line) => {
    const { method, path, body } = parse(line)
    const answer = await fetch(`${sandbox.url}${path}`, { method, body })
    expect([answer.status, ((await answer.json()) as { error?: string }).error]).toEqual([200, undefined])
  })

  it('names every fault kind, seed key, control and part of the state', () => {
    const all = [...services.values()]
    const named = [
      ...Object.keys(faultKinds(services)),
      ...all.flatMap((one) =>
        [one.seeds, one.controls, one.dumps].flatMap((part) => Object.keys(part ?? {})),
      ),
    ]
    expect(named.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
  })
})
