import { STSClient } from '@aws-sdk/client-sts'
import { Context } from '@temporalio/activity'
import { appendFileSync } from 'node:fs'
import { handedBy, toLine, type RecordedCall } from './recorded-call.ts'

/** Imported by a worker before anything else: writes every call of the AWS SDK to the file BENCH_RECORDING. */
const { BENCH_RECORDING = '' } = process.env
const everyMs = 300

interface Sender {
  readonly config: {
    readonly serviceId: string
    region(): Promise<string>
    credentials(): Promise<{ readonly accessKeyId: string }>
  }
}
type Command = { readonly input: Record<string, unknown> }
type Send = (this: Sender, command: Command, options?: unknown) => Promise<unknown>

let lines: string[] = []
const prototype = (Object.getPrototypeOf(STSClient) as { prototype: { send: Send } }).prototype
const { send } = prototype

prototype.send = async function recorded(command, options) {
  const start = now()
  const note = async (succeeded: boolean, answer: unknown): Promise<void> => {
    const end = now()
    const call: RecordedCall = {
      service: this.config.serviceId,
      region: await this.config.region(),
      key: (await this.config.credentials()).accessKeyId,
      command: command.constructor.name,
      input: command.input,
      succeeded,
      start,
      end,
      activity: activityOf(),
      handed: handedBy(answer),
    }
    lines.push(toLine(call))
  }
  try {
    const answer = await send.call(this, command, options)
    await note(true, answer)
    return answer
  } catch (error) {
    await note(false, undefined).catch(() => undefined)
    throw error
  }
}

function now(): number {
  return performance.timeOrigin + performance.now()
}

function activityOf(): RecordedCall['activity'] {
  try {
    const { activityType, activityId, workflowExecution } = Context.current().info
    return { type: activityType, id: `${workflowExecution?.runId} ${activityId}` }
  } catch {
    return undefined
  }
}

setInterval(() => {
  if (lines.length === 0) return
  appendFileSync(BENCH_RECORDING, lines.join(''))
  lines = []
}, everyMs).unref()
