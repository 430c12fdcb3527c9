import { readFile } from 'node:fs/promises'
import { deserialize, serialize } from 'node:v8'

/** One call of the AWS SDK as a rollout made it; times in epoch milliseconds. */
export interface RecordedCall {
  /** The SDK's name of the service, such as `SageMaker`. */
  readonly service: string
  readonly region: string
  /** Access key id that signed it. */
  readonly key: string
  /** The SDK's class, such as `DescribeEndpointCommand`. */
  readonly command: string
  readonly input: Readonly<Record<string, unknown>>
  readonly succeeded: boolean
  readonly start: number
  readonly end: number
  /** The activity that made it, one run of it with all its attempts. */
  readonly activity: { readonly type: string; readonly id: string } | undefined
  /** What of the answer later calls refer to. */
  readonly handed: Readonly<Record<string, string>>
}

/** As a line of a file; bytes and dates survive. */
export function toLine(call: RecordedCall): string {
  return `${serialize(call).toString('base64')}\n`
}

/** The calls of a file, by their start. */
export async function readCalls(file: string): Promise<readonly RecordedCall[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '')
  const calls = lines.map((line) => deserialize(Buffer.from(line, 'base64')) as RecordedCall)
  return calls.toSorted((a, b) => a.start - b.start)
}

/** Members of answers that name something which the next calls use. */
const handing = ['uploadId', 'UploadId', 'VersionId', 'AccessKeyId', 'NextToken', 'nextToken', 'downloadUrl']

/** What an answer hands on to later calls. */
export function handedBy(answer: unknown): Readonly<Record<string, string>> {
  const { Credentials, ...rest } = (answer ?? {}) as Record<string, unknown>
  const members = { ...rest, ...(Credentials as Record<string, unknown> | undefined) }
  return Object.fromEntries(
    handing.flatMap((name) => (typeof members[name] === 'string' ? [[name, members[name] as string]] : [])),
  )
}
