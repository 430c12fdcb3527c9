/** One answered request, as `GET /_sandbox/calls` shows it. */
export interface CallRecord {
  readonly time: string
  readonly accountId: string
  readonly region: string
  readonly service: string
  readonly operation: string
  readonly principal: string
  /** The names that the request carried, such as `EndpointName=fraud EndpointConfigName=c-1`. */
  readonly summary: string
  /** HTTP status of the answer; 0 when the connection was cut instead. */
  readonly status: number
  readonly error?: string
  readonly requestId: string
  /** The injected fault that hit this call. */
  readonly fault?: string
}

/** The last calls, oldest first. */
export interface CallLog {
  add(record: CallRecord): void
  list(): readonly CallRecord[]
  clear(): void
}

export const createCallLog = (capacity = 20_000): CallLog => {
  let records: CallRecord[] = []
  return {
    add(record) {
      records.push(record)
      if (records.length >= capacity * 2) records = records.slice(-capacity)
    },
    list: () => records.slice(-capacity),
    clear() {
      records = []
    },
  }
}

const NAMING =
  /(Name|Arn|ARN|Id|Bucket|Key|CopySource|PartNumber|Weight|Status|Names|repositoryName|imageTag|Digest)$/

/** The members of a request that say what it was about; values are cut to 120 characters. */
export const summarizeInput = (input: Readonly<Record<string, unknown>>): string =>
  Object.entries(input)
    .filter(([name, value]) => NAMING.test(name) && (typeof value !== 'object' || Array.isArray(value)))
    .map(
      ([name, value]) => `${name}=${(Array.isArray(value) ? value.join(',') : String(value)).slice(0, 120)}`,
    )
    .join(' ')
