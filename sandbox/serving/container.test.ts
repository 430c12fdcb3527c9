import { afterEach, describe, expect, test, vi } from 'vitest'
import { NotHealthy, startContainer } from './container.ts'

const files = new Map([
  [
    'model.json',
    Buffer.from(
      JSON.stringify({ kind: 'linear-regression', features: ['a'], coefficients: [[2]], intercept: [1] }),
    ),
  ],
])
const ask = (body: string) => ({ body: Buffer.from(body), contentType: 'text/csv' })
const SERVER = `node -e "
const { readFileSync } = require('fs')
const model = JSON.parse(readFileSync(process.env.SM_MODEL_DIR + '/model.json'))
require('http').createServer((request, response) => {
  if (request.url === '/ping') return response.end()
  let text = ''
  request.on('data', (chunk) => (text += chunk)).on('end', () => {
    response.setHeader('content-type', 'text/csv')
    response.end(String(model.coefficients[0][0] * Number(text) + 100))
  })
}).listen(process.env.SAGEMAKER_BIND_TO_PORT, '127.0.0.1')
"`

afterEach(() => vi.unstubAllEnvs())

describe('a container', () => {
  test('serves the model in its artifact', async () => {
    const container = await startContainer(files, {})
    expect((await container.invoke(ask('4'))).body.toString()).toBe('9.000000')
    expect(await container.invoke(ask('x'))).toMatchObject({ status: 400, contentType: 'text/plain' })
  })

  test('without an artifact hands on what it got', async () => {
    expect((await (await startContainer(undefined, {})).invoke(ask('4,5'))).body.toString()).toBe('4,5')
  })

  test.each([
    ['an artifact without a model', new Map([['other.txt', Buffer.from('')]]), {}],
    ['SANDBOX_NEVER_HEALTHY', files, { SANDBOX_NEVER_HEALTHY: '1' }],
    ['an environment that cannot be read', files, { SANDBOX_ERROR_RATE: 'often' }],
    ['a command that nobody allowed', files, { SANDBOX_COMMAND: SERVER }],
  ])('with %s does not become healthy', async (_what, artifact, environment) => {
    await expect(startContainer(artifact, environment as Record<string, string>)).rejects.toThrow(NotHealthy)
  })

  test('can be a local command that honours the container contract', async () => {
    vi.stubEnv('SANDBOX_ALLOW_COMMANDS', '1')
    const container = await startContainer(files, { SANDBOX_COMMAND: SERVER })
    try {
      expect((await container.invoke(ask('4'))).body.toString()).toBe('108')
    } finally {
      container.stop()
    }
  })

  test('whose command ends does not become healthy', async () => {
    vi.stubEnv('SANDBOX_ALLOW_COMMANDS', '1')
    await expect(startContainer(files, { SANDBOX_COMMAND: 'exit 3' })).rejects.toThrow(
      'ended before it answered',
    )
  })
})
