import type { AlarmReading } from '../../rollout/verdict/alarm-evidence.ts'
import { seeAlarms } from '../../rollout/verdict/alarms-seen.ts'
import {
  couldNotLook,
  endpointChanged,
  judgeBake as judge,
  mayStillChange,
} from '../../rollout/verdict/judge.ts'
import type { Measurement, Verdict } from '../../rollout/view.ts'
import type { EndpointFacts } from '../../rollout/facts.ts'
import type { Fingerprint, JudgeBake } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { readEndpoint } from '../aws/read-endpoint.ts'
import { changeSince, isMoving } from '../endpoint/standing.ts'
import { type Look, poll } from '../poll.ts'
import { readServed, type Served } from './bake-metrics.ts'
import { type Blindness, blindSince, iso } from './blindness.ts'
import { type AlarmReaders, decidingAlarms, momentsSince, untilCancelled } from './look-at-alarms.ts'

/** A bake's judgement with what was measured. */
export interface Judged {
  readonly verdict: Verdict
  readonly measurements: readonly Measurement[]
}

interface Seen {
  readonly blind?: Blindness
  /** More evidence was asked for, so that what is served after the bake counts too. */
  readonly extended?: boolean
}

/** Looking must have failed for a while, in document time, before a bake without extension is given up. */
const blindFor = 60_000

/**
 * Poll: judges a bake once its late metrics are in. What may still change (too little traffic or data, could not look) is
 * looked at again until `extendUntil`, and is Inconclusive then.
 */
export async function judgeBake(
  deps: Dependencies,
  readers: AlarmReaders,
  input: JudgeBake,
): Promise<Judged> {
  return poll<Judged, Seen>({
    every: input.pollEvery,
    stay: deps.stay,
    look: async ({ state = {}, now }): Promise<Look<Judged, Seen>> => {
      const judgeAt = input.to + input.settle
      if (now < judgeAt) {
        return { done: false, waitingFor: `late metrics, until ${iso(judgeAt)}`, state, after: judgeAt - now }
      }
      try {
        const judged = await look(deps, readers, input, state.extended ? now : input.to, now)
        if (!mayStillChange(judged.verdict)) return { done: true, value: judged }
        if (now < input.extendUntil) {
          const waitingFor = `${judged.verdict.message}; the bake is extended until ${iso(input.extendUntil)}`
          return { done: false, waitingFor, state: { extended: true } }
        }
        return { done: true, value: { ...judged, verdict: { ...judged.verdict, result: 'Inconclusive' } } }
      } catch (error) {
        const blind = blindSince(error, state.blind, now)
        const over = now >= input.extendUntil && now - blind.since >= blindFor / deps.clockRate
        if (!over)
          return { done: false, waitingFor: `could not look: ${blind.error}`, state: { ...state, blind } }
        const verdict = couldNotLook(input.target.key, iso(now), iso(blind.since), blind.error)
        return { done: true, value: { verdict, measurements: [] } }
      }
    },
  })
}

async function look(
  deps: Dependencies,
  readers: AlarmReaders,
  input: JudgeBake,
  to: number,
  now: number,
): Promise<Judged> {
  const { target, rolloutId, variant, from } = input
  const expected = decidingAlarms(input.alarms)
  const [endpoint, readings, served] = await untilCancelled(
    Promise.all([
      readEndpoint(deps.aws.sagemaker(target, rolloutId), target.endpoint),
      readers.states(target, rolloutId, expected),
      readServed(deps.aws.cloudwatch(target, rolloutId), {
        endpoint: target.endpoint,
        variant,
        from,
        to,
        clockRate: deps.clockRate,
      }),
    ]),
  )
  const measurements = measure(input, served, readings)
  const found = changeDuringBake(input.expected, endpoint)
  if (found !== null) return { verdict: endpointChanged(target.key, iso(now), found), measurements }
  const seen = {
    target: target.key,
    at: iso(now),
    expected,
    readings,
    invocations: served.invocations,
    minInvocations: input.minInvocations,
    whenInsufficientData: input.whenInsufficientData,
  }
  const alarms = seeAlarms(input.alarms, readings)
  const verdict = { ...judge(seen), alarms }
  // Once, when the states of now would end the wait: red and green again between two looks counts as red.
  const over = !mayStillChange(verdict) || now >= input.extendUntil
  if (verdict.result === 'Fail' || !over) return { verdict, measurements }
  const moments = await momentsSince(readers, input, readings, input.since)
  return { verdict: { ...judge({ ...seen, moments }), alarms }, measurements }
}

/** Maintenance is no change; an update that somebody else began is one before it is over. */
function changeDuringBake(expected: Fingerprint, endpoint: EndpointFacts | null): string | null {
  if (!endpoint) return 'it does not exist any more'
  const { status, pendingConfigName: pending } = endpoint
  if (pending !== undefined && pending !== expected.config)
    return `somebody else is moving it to config ${pending}`
  if (isMoving(endpoint)) return null
  if (status !== 'InService')
    return `it is ${status}${endpoint.failureReason ? `: ${endpoint.failureReason}` : ''}`
  return changeSince(expected, endpoint)
}

function measure(input: JudgeBake, served: Served, readings: readonly AlarmReading[]): Measurement[] {
  const of = { step: input.step, target: input.target.key }
  const { invocations, errors, meanLatency } = served
  const measurements: Measurement[] = []
  if (invocations !== null) {
    measurements.push({
      ...of,
      name: 'invocations of the candidate',
      value: invocations,
      unit: 'count',
      limit: input.minInvocations,
      passed: invocations >= input.minInvocations,
    })
  }
  if (invocations && errors !== null) {
    const value = errors / invocations
    measurements.push({
      ...of,
      name: '5xx rate of the candidate',
      value,
      unit: 'rate',
      passed: true,
      samples: invocations,
    })
  }
  if (meanLatency !== null) {
    measurements.push({
      ...of,
      name: 'mean model latency of the candidate',
      value: meanLatency,
      unit: 'ms',
      passed: true,
    })
  }
  for (const { name, state } of readings) {
    const quiet = state === 'OK'
    measurements.push({
      ...of,
      name: `alarm ${name} is OK`,
      value: quiet ? 1 : 0,
      unit: 'bool',
      passed: quiet,
    })
  }
  return measurements
}
