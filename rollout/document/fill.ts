import { fillFreeze } from '../calendar/fill.ts'
import { parseDuration } from '../duration.ts'
import { isWatchMetric, watchMetrics } from '../watch-metrics.ts'
import type { FilledDocument } from './schema.ts'
import type {
  Approval,
  Document,
  EndpointSettings,
  Milliseconds,
  StagingTest,
  StrategyStep,
  TargetSpec,
  WatchAlarm,
} from './types.ts'

type Filled<K extends keyof FilledDocument> = NonNullable<FilledDocument[K]>
type FilledTarget = Filled<'staging'>['target']
type FilledTest = Filled<'staging'>['tests'][number]
type FilledApproval = Filled<'approval'>
type FilledProduction = Filled<'production'>

/** Only for what the schema has checked already. */
const time = (text: string): Milliseconds => parseDuration(text) ?? 0
const maybe = (text: string | undefined): Milliseconds | undefined =>
  text === undefined ? undefined : time(text)

/** Members that are undefined are left out, so that equal documents have equal JSON. */
function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T
}

function fillSettings<T extends Partial<FilledDocument['endpoint']>>(
  settings: T,
): Omit<T, 'startupTimeout' | 'downloadTimeout'> &
  Pick<EndpointSettings, 'startupTimeout' | 'downloadTimeout'> {
  return compact({
    ...settings,
    startupTimeout: maybe(settings.startupTimeout),
    downloadTimeout: maybe(settings.downloadTimeout),
  })
}

const fillTarget = ({ account, region, endpoint }: FilledTarget): TargetSpec =>
  compact({ account, region, endpoint: endpoint && fillSettings(endpoint) })

const fillApproval = (approval: FilledApproval): Approval => ({
  ...approval,
  expiresAfter: time(approval.expiresAfter),
})

function fillTest(test: FilledTest, first: FilledTest['invoke']): StagingTest {
  const { name, invoke, dataset, load, http } = test
  if (invoke) {
    const expect = compact({ ...invoke.expect, maxLatency: maybe(invoke.expect.maxLatency) })
    return { name, kind: 'invoke', invoke: { ...invoke, expect } }
  }
  if (dataset) return { name, kind: 'dataset', dataset }
  if (load) {
    return {
      name,
      kind: 'load',
      load: compact({
        ...load,
        duration: time(load.duration),
        contentType:
          load.contentType ?? (load.body === undefined ? first?.contentType : undefined) ?? 'text/csv',
        body: load.body ?? first?.body ?? '',
        p50: maybe(load.p50),
        p90: maybe(load.p90),
        p95: maybe(load.p95),
        p99: maybe(load.p99),
      }),
    }
  }
  return { name, kind: 'http', http: { url: http?.url ?? '', timeout: time(http?.timeout ?? '30m') } }
}

/** `canary`, `linear` and `allAtOnce` written out; 100 % added where `steps` end before it. */
function fillSteps(strategy: FilledProduction['strategy']): readonly StrategyStep[] {
  const weight = (percent: number): StrategyStep => ({ kind: 'weight', weight: percent })
  const bake = (text: string): StrategyStep => ({ kind: 'bake', bake: time(text) })
  const { canary, linear, allAtOnce } = strategy
  if (canary) return [weight(canary.percent), bake(canary.bake), weight(100), bake(canary.bake)]
  if (allAtOnce) return [weight(100), bake(allAtOnce.bake)]
  if (linear) {
    const count = Math.ceil(100 / linear.percent)
    return Array.from({ length: count }, (_, index) => Math.min(100, (index + 1) * linear.percent)).flatMap(
      (percent) => [weight(percent), bake(linear.bake)],
    )
  }
  const steps = (strategy.steps ?? []).map((step): StrategyStep => {
    if (step.weight !== undefined) return weight(step.weight)
    if (step.approval) return { kind: 'approval', approval: fillApproval(step.approval) }
    return bake(step.bake ?? '0s')
  })
  const last = steps.findLast((step) => step.kind === 'weight')
  return last?.kind === 'weight' && last.weight === 100 ? steps : [...steps, weight(100)]
}

function fillAlarm(alarm: FilledProduction['watch']['alarms'][number]): WatchAlarm {
  if (typeof alarm === 'string') return { kind: 'existing', name: alarm }
  if ('like' in alarm) return { kind: 'like', like: alarm.like }
  const [count = 1, of = 1] = alarm.breaches.split(' of ').map(Number)
  const measures = isWatchMetric(alarm.metric) ? watchMetrics[alarm.metric].measures : 'errors'
  const rate = measures === 'errors' && alarm.stat === 'Average'
  return {
    kind: 'metric',
    metric: alarm.metric,
    stat: alarm.stat,
    above: typeof alarm.above === 'number' ? alarm.above : time(alarm.above),
    unit: measures === 'latency' ? 'milliseconds' : rate ? 'rate' : 'count',
    breaches: { count, of },
    period: time(alarm.period),
  }
}

function fillProduction(production: FilledProduction): Document['production'] {
  const { strategy, watch, waves, betweenWaves, prepare, freezes, onFailure, keepPrevious } = production
  return compact({
    steps: fillSteps(strategy),
    watch: {
      ...watch,
      alarms: watch.alarms.map(fillAlarm),
      pollEvery: time(watch.pollEvery),
      settle: time(watch.settle),
      maxExtension: time(watch.maxExtension),
    },
    prepare,
    waves: waves.map((wave) => wave.map(fillTarget)),
    betweenWaves:
      betweenWaves &&
      compact({
        bake: maybe(betweenWaves.bake),
        approval: betweenWaves.approval && fillApproval(betweenWaves.approval),
      }),
    freezes: freezes?.map(fillFreeze),
    onFailure,
    keepPrevious: time(keepPrevious),
  })
}

/** The document as everything behind the parser knows it. */
export function fillDocument(filled: FilledDocument): Document {
  const { name, model, accounts, promote, replicate, endpoint, staging, approval, production } = filled
  const { whenBusy, record, emergency } = filled
  const firstInvoke = staging?.tests.find((test) => test.invoke)?.invoke
  return compact({
    apiVersion: 'sluice/v1',
    kind: 'Rollout',
    name,
    model,
    accounts,
    promote,
    replicate: replicate && compact(replicate),
    endpoint: fillSettings(endpoint),
    staging: staging && {
      target: fillTarget(staging.target),
      tests: staging.tests.map((test) => fillTest(test, firstInvoke)),
      afterwards: staging.afterwards,
    },
    approval: approval && fillApproval(approval),
    production: fillProduction(production),
    whenBusy,
    record,
    emergency,
  })
}
