import type { LiveRollout, RolloutAnswer, StaleRollout } from '../../api/answers.ts'
import type { StepView, TargetView } from '../../rollout/view.ts'
import type { Colors } from '../terminal.ts'
import { countAlarms, drawAlarms } from './alarms.ts'
import { foldSteps, type Row } from './fold.ts'
import { rolloutMark, stepMark, targetMark } from './icons.ts'
import { age, bytes, clip, justify } from './text.ts'

export interface DrawOptions {
  /** Milliseconds since the epoch; ages and countdowns refer to it. */
  readonly now: number
  /** Infinite where nothing may be cut. */
  readonly width: number
  readonly colors: Colors
  /** Lines at most: beyond them what is over and what is far ahead is folded. */
  readonly height?: number
}

/** A rollout as a tree of steps and targets. Pure: the same answer and time always make the same lines. */
export function drawRollout(rollout: RolloutAnswer, options: DrawOptions): readonly string[] {
  return rollout.stale ? drawStale(rollout, options) : drawLive(rollout, options)
}

function drawLive(rollout: LiveRollout, options: DrawOptions): readonly string[] {
  const above = [...drawHead(rollout, options)]
  const below = [...drawTargets(rollout, options), ...drawNeeds(rollout, options)]
  const room = options.height === undefined ? undefined : options.height - above.length - below.length
  const steps = foldSteps(rollout.steps, room)
  const rows = steps.map((row, index) => drawRow(rollout, row, index === steps.length - 1, options))
  return [...above, ...rows, ...below]
}

function drawHead(rollout: LiveRollout, { now, width, colors }: DrawOptions): readonly string[] {
  const { icon, paint } = rolloutMark(rollout)
  const where = rollout.outcome ?? rollout.phase
  const left = `${icon} ${rollout.title}  ${where}${rollout.paused && rollout.phase !== 'Paused' ? ' (paused)' : ''}`
  const lasted = age((rollout.endedAt ? Date.parse(rollout.endedAt) : now) - Date.parse(rollout.startedAt))
  const what = (rollout.outcome && rollout.reason) || rollout.message
  return [
    paint(colors)(colors.bold(justify(left, `${rollout.id}  ${lasted}`, width))),
    justify(`  ${what}`, countdown(rollout.deadline, now), width),
    ...rollout.retrying.map((one) =>
      colors.yellow(clip(`  trying again (${one.attempt}): ${one.activity}: ${one.failure}`, width)),
    ),
  ]
}

function drawRow(rollout: LiveRollout, row: Row, last: boolean, { now, width, colors }: DrawOptions): string {
  const branch = last ? '└─' : '├─'
  if (row.kind === 'folded') return colors.dim(clip(`${branch} … ${row.text}`, width))
  const { step } = row
  const { icon, paint } = stepMark(step.state)
  const text = `${branch} ${icon} ${String(step.number).padStart(2)} ${describeStep(rollout, step)}`
  return paint(colors)(justify(text, timeOf(rollout, step, now), width))
}

function describeStep(rollout: LiveRollout, step: StepView): string {
  const copy = rollout.progress.find((one) => one.step === step.number)
  if (copy && step.state === 'Running') {
    return `${step.title}  ${bytes(copy.bytes)} of ${bytes(copy.bytesTotal)}`
  }
  return step.message === undefined ? step.title : `${step.title}: ${step.message}`
}

/** How long a step took or takes; for what ends by itself, also how long it still lasts. */
function timeOf(rollout: LiveRollout, step: StepView, now: number): string {
  if (step.startedAt === undefined || step.state === 'Skipped') return ''
  const took = age((step.endedAt ? Date.parse(step.endedAt) : now) - Date.parse(step.startedAt))
  const waits = step.endedAt === undefined && ['bake', 'approval', 'gate', 'promoted'].includes(step.kind)
  const left = waits ? countdown(rollout.deadline, now) : ''
  return left === '' ? took : `${took}, ${left}`
}

function drawTargets(rollout: LiveRollout, options: DrawOptions): readonly string[] {
  const { targets } = rollout
  const waves = [...new Set(targets.map(({ wave }) => wave))].toSorted((a, b) => a - b)
  return waves.flatMap((wave) => [
    options.colors.bold(`wave ${wave}`),
    ...targets
      .filter((target) => target.wave === wave)
      .flatMap((target, index, all) => [
        drawTarget(rollout, target, index === all.length - 1, options),
        ...drawAlarms(rollout, target.key, options),
      ]),
  ])
}

function drawTarget(
  rollout: LiveRollout,
  target: TargetView,
  last: boolean,
  { now, width, colors }: DrawOptions,
): string {
  const { icon, paint } = targetMark(target.state)
  const weights =
    target.asked === target.actual ? `${target.actual} %` : `${target.actual} % (asked ${target.asked} %)`
  const said = target.message === '' ? '' : `: ${target.message}`
  const text = `${last ? '└─' : '├─'} ${icon} ${target.key}  ${target.state}${said}${countAlarms(rollout, target.key)}`
  return paint(colors)(justify(text, `${weights}  ${age(now - Date.parse(target.since))}`, width))
}

/** What a person is needed for, with the command to type. */
function drawNeeds(rollout: LiveRollout, { now, width, colors }: DrawOptions): readonly string[] {
  const { gate, id, instructions } = rollout
  const lines = [...instructions.map((line) => colors.red(clip(`  run: ${line}`, width)))]
  if (!gate) return lines
  const { approvals, required, from } = gate
  const who = from.length > 0 ? from.join(', ') : 'nobody'
  const left = countdown(gate.expiresAt, now)
  return [
    ...lines,
    colors.yellow(
      justify(
        `◷ ${gate.title}: ${approvals.length} of ${required} approvals; may decide: ${who}`,
        left,
        width,
      ),
    ),
    colors.dim(clip(`  sluice approve ${id} --comment …   or   sluice reject ${id} --comment …`, width)),
  ]
}

function drawStale(rollout: StaleRollout, { now, width, colors }: DrawOptions): readonly string[] {
  const { icon, paint } = rolloutMark(rollout)
  const lasted = age((rollout.endedAt ? Date.parse(rollout.endedAt) : now) - Date.parse(rollout.startedAt))
  const title = rollout.outcome ?? rollout.phase
  return [
    paint(colors)(colors.bold(justify(`${icon} ${title}`, `${rollout.id}  ${lasted}`, width))),
    clip(`  ${rollout.summary}`, width),
    colors.yellow(clip(`  ${rollout.staleBecause}`, width)),
    ...rollout.targets.map((key) => clip(`  · ${key}`, width)),
  ]
}

function countdown(until: string | undefined, now: number): string {
  if (until === undefined) return ''
  const left = Date.parse(until) - now
  return left > 0 ? `${age(left)} left` : 'any moment'
}
