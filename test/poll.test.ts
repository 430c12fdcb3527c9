import { Client, Connection } from '@temporalio/client'
import { NativeConnection, Worker } from '@temporalio/worker'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { poll } from '../activities/poll.ts'

describe('a wait that is polled by server-side retry', () => {
  let connection: Connection
  let native: NativeConnection
  let client: Client
  const { address, namespace } = inject('temporal')

  beforeAll(async () => {
    connection = await Connection.connect({ address })
    native = await NativeConnection.connect({ address })
    client = new Client({ connection, namespace })
  })
  afterAll(async () => {
    await connection.close()
    await native.close()
  })

  const run = async (heartbeatTimeout: string | null, look: () => Promise<unknown>) => {
    const taskQueue = `poll-${crypto.randomUUID()}`
    const worker = await Worker.create({
      connection: native,
      namespace,
      taskQueue,
      workflowsPath: fileURLToPath(new URL('./support/poll-workflows.ts', import.meta.url)),
      activities: { look },
    })
    return worker.runUntil(async () => {
      const handle = await client.workflow.start('waits', {
        taskQueue,
        workflowId: taskQueue,
        args: [heartbeatTimeout],
      })
      const result = await handle.result()
      const { events } = await handle.fetchHistory()
      return { result, events: events?.length ?? 0 }
    })
  }

  test.each([null, '20s'])(
    'hands what it knows to the next look, whatever the number of looks, in a constant history (heartbeat timeout %s)',
    async (heartbeatTimeout) => {
      const counting = (looks: number) => () =>
        poll<number, { readonly count: number }>({
          every: 20,
          async look({ state }) {
            const count = (state?.count ?? 0) + 1
            return count === looks
              ? { done: true, value: count }
              : { done: false, waitingFor: `look ${count}`, state: { count } }
          },
        })
      const few = await run(heartbeatTimeout, counting(2))
      const many = await run(heartbeatTimeout, counting(9))
      expect([few.result, many.result]).toEqual([2, 9])
      expect(many.events).toBe(few.events)
    },
  )

  test('ends at its deadline with what the wait then comes to', async () => {
    const deadline = Date.now() + 1_500
    const { result } = await run(null, () =>
      poll<string, { readonly first: number }>({
        every: 30,
        deadline,
        look: async ({ state, now }) => ({
          done: false,
          waitingFor: 'rain',
          state: { first: state?.first ?? now },
        }),
        timedOut: ({ state, now, waitingFor }) =>
          state && now > state.first ? `waited for ${waitingFor}` : 'never looked again',
      }),
    )
    expect(result).toBe('waited for rain')
  })
})
