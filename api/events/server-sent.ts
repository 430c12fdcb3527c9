/** One event of a `text/event-stream`. */
export interface ServerSentEvent {
  readonly event: string
  readonly data: unknown
  /** Comes back as `Last-Event-ID` when the client reconnects. */
  readonly id?: string
}

/**
 * The lines of one event.
 * @throws RangeError if event or id hold a line break, which would let a text forge further fields
 */
export function writeEvent({ event, data, id }: ServerSentEvent): string {
  const fields = [...(id === undefined ? [] : [`id: ${oneLine(id)}`]), `event: ${oneLine(event)}`]
  // JSON escapes every line break, so that data is one line.
  return `${fields.join('\n')}\ndata: ${JSON.stringify(data)}\n\n`
}

/** Keeps proxies from closing a quiet connection; clients ignore it. */
export const heartbeat = ': still here\n\n'

/** How long the client shall wait before it connects again; milliseconds. */
export function writeRetry(milliseconds: number): string {
  return `retry: ${milliseconds}\n\n`
}

function oneLine(field: string): string {
  if (/[\r\n\0]/.test(field)) throw new RangeError('A field of an event must be one line.')
  return field
}
