import { randomUUID } from 'node:crypto'
import type { SandboxEvent } from './types.ts'

/** An event in EventBridge's own envelope. */
export interface EventRecord {
  readonly version: '0'
  readonly id: string
  readonly 'detail-type': string
  readonly source: string
  readonly account: string
  readonly time: string
  readonly region: string
  readonly resources: readonly string[]
  readonly detail: Readonly<Record<string, unknown>>
}

/** Where events go. EventBridge delivers at least once and in no order; `duplicates` and `outOfOrder` make that happen always. */
export interface EventTarget {
  readonly url: string
  readonly detailType?: string
  readonly duplicates?: boolean
  readonly outOfOrder?: boolean
}

export interface EventLog {
  add(event: SandboxEvent): EventRecord
  list(): readonly EventRecord[]
  clear(): void
  setTargets(targets: readonly EventTarget[]): void
  targets(): readonly EventTarget[]
}

const deliver = async (url: string, event: EventRecord) => {
  const send = () =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(event),
    })
  await send().catch(() => new Promise((resolve) => setTimeout(resolve, 200).unref()).then(send))
}

/** Records every event; an out-of-order target gets each event after the one that followed it. */
export const createEventLog = (now: () => number): EventLog => {
  let events: EventRecord[] = []
  let wanted: readonly EventTarget[] = []
  const held = new Map<EventTarget, EventRecord>()
  const post = (target: EventTarget, event: EventRecord) => {
    for (let copies = target.duplicates ? 2 : 1; copies > 0; copies--)
      void deliver(target.url, event).catch(() => {})
  }
  const hand = (target: EventTarget, event: EventRecord) => {
    if (!target.outOfOrder) return post(target, event)
    const earlier = held.get(target)
    if (!earlier) {
      held.set(target, event)
      setTimeout(() => {
        if (held.get(target) !== event) return
        held.delete(target)
        post(target, event)
      }, 1000).unref()
      return
    }
    held.delete(target)
    post(target, event)
    setTimeout(() => post(target, earlier), 50).unref()
  }
  return {
    add({ accountId, region, source = 'aws.sagemaker', detailType, resources = [], detail }) {
      const event: EventRecord = {
        version: '0',
        id: randomUUID(),
        'detail-type': detailType,
        source,
        account: accountId,
        time: new Date(now()).toISOString(),
        region,
        resources,
        detail,
      }
      events = [...events.slice(-9_999), event]
      for (const target of wanted) {
        if (target.detailType === undefined || target.detailType === detailType) hand(target, event)
      }
      return event
    },
    list: () => events,
    clear() {
      events = []
      held.clear()
    },
    setTargets(targets) {
      wanted = targets
      held.clear()
    },
    targets: () => wanted,
  }
}
