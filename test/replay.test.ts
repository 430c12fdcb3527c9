import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { temporal } from '@temporalio/proto'
import { DeterminismViolationError } from '@temporalio/workflow'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { packModel } from '../examples/model/pack.ts'
import { lockId } from '../rollout/target.ts'
import type { RolloutView } from '../rollout/view.ts'
import { heraldWorkflowId, rolloutWorkflowId } from '../workflows/messages.ts'
import { createLogger } from '../worker/logging.ts'
import { installRuntime } from '../worker/runtime.ts'
import { approval, twoRegions } from './support/documents.ts'
import { replay, retrace } from './support/replay.ts'
import { startReceiver, type Receiver } from './support/receiver.ts'
import { startStack, type Stack } from './support/stack.ts'

const folder = fileURLToPath(new URL('./histories/', import.meta.url))
const code = (): string => readFileSync(inject('bundle'), 'utf8')

const { History } = temporal.api.history.v1
const read = (name: string) => History.decode(gunzipSync(readFileSync(`${folder}${name}`)))

installRuntime({ logger: createLogger('replay', 'error') })

const text = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')
const { version: release } = JSON.parse(text('package.json')) as { version: string }
/** What every release leaves behind, by how the rollout ended and by workflow. */
const shapes = ['rolled-back', 'succeeded'].flatMap((ended) =>
  ['rollout', 'endpoint-1', 'endpoint-2', 'herald'].map((workflow) => `${ended}-${workflow}`),
)

describe('histories that were recorded', () => {
  const recorded = readdirSync(folder).filter((name) => name.endsWith('.bin.gz'))

  test('are a whole set for every release in the change log, and for no other', () => {
    const releases = [...text('CHANGELOG.md').matchAll(/^## \[(\d[^\]]*)\]/gm)].map(([, found = '']) => found)
    expect(releases).toContain(release)
    const wanted = releases.flatMap((one) => shapes.map((shape) => `${one}-${shape}.bin.gz`))
    expect(recorded.toSorted()).toEqual(wanted.toSorted())
  })

  test.each(recorded)('%s replays with the workflows of today', async (name) => {
    await replay(code(), read(name))
  })

  test.each(recorded)('%s, which nobody traced, replays as well where it is traced', async (name) => {
    await replay(code(), retrace(read(name), true))
  })

  test('do not replay with a workflow that does something else, so the test above can fail', async () => {
    const [name = ''] = recorded
    const changed = code()
      .replaceAll('snapshotEndpoint', 'somethingElse')
      .replaceAll('readPlan', 'somethingElse')
    await expect(replay(changed, read(name))).rejects.toThrow(DeterminismViolationError)
  })
})

describe('histories of this moment', () => {
  const secret = 'a secret that only tests use'
  let stack: Stack
  let receiver: Receiver

  beforeAll(async () => {
    const artifact = await packModel('good')
    receiver = await startReceiver(secret)
    stack = await startStack({
      notify: {
        file: `
apiVersion: sluice/v1
kind: Notifications
channels: { all: { webhook: { url: '${receiver.url}', secretFrom: HOOK_SECRET } } }
routes: [{ to: [all] }]
`,
        secrets: { HOOK_SECRET: secret },
      },
      versions: [
        { version: 37, artifact },
        { version: 38, artifact },
        { version: 39, artifact, environment: { SANDBOX_ERROR_RATE: '0.5' } },
      ],
    })
  })
  afterAll(async () => {
    await stack.close()
    await receiver.close()
  })

  const histories = async ({ id, targets }: RolloutView) => {
    const ids = [rolloutWorkflowId(id), heraldWorkflowId(id), ...targets.map((target) => lockId(target.key))]
    await stack.client.workflow.getHandle(heraldWorkflowId(id)).result()
    return Promise.all(
      ids.map(async (workflowId) => ({
        workflowId,
        history: await stack.client.workflow.getHandle(workflowId).fetchHistory(),
      })),
    )
  }

  test.each([
    ['rolled-back', 39],
    ['succeeded', 38],
  ])('of a rollout that ended %s replay, and can be kept', async (name, version) => {
    const id = await stack.start(twoRegions({ accounts: stack.accounts, version, approval }))
    await stack.until(id, (view) => view.phase === 'AwaitingApproval')
    await stack.ask('mia', 'POST', `/v1/rollouts/${id}/approve`, {})
    const ended = await stack.ended(id)
    for (const [index, { workflowId, history }] of (await histories(ended)).entries()) {
      await replay(code(), history, workflowId)
      if (process.env['SLUICE_RECORD_HISTORIES'] === undefined) continue
      await mkdir(folder, { recursive: true })
      const what = ['rollout', 'herald'][index] ?? `endpoint-${index - 1}`
      await writeFile(
        `${folder}${release}-${name}-${what}.bin.gz`,
        gzipSync(History.encode(history).finish()),
      )
    }
  })
})
