import type { KnownBlock } from '@slack/web-api'
import { summaryLine } from '../../render.ts'
import type { StepState } from '../../phases.ts'
import type { Decision, RolloutView, StepView, TargetView } from '../../view.ts'
import type { Acknowledgement } from '../types.ts'
import { drawButtons } from './buttons.ts'
import { clip, code, escape, limits, moment, pack } from './text.ts'

/** What Slack shows of a rollout; `text` is for notifications and screen readers. */
export interface SlackMessage {
  readonly text: string
  readonly blocks: readonly KnownBlock[]
}

const marks: Readonly<Record<StepState, string>> = {
  Pending: ':white_circle:',
  Running: ':arrow_forward:',
  Waiting: ':hourglass_flowing_sand:',
  Passed: ':white_check_mark:',
  Failed: ':x:',
  Skipped: ':fast_forward:',
  Reverted: ':leftwards_arrow_with_hook:',
}

/** Decisions that are shown; the thread has them all. */
const mostDecisions = 8

/** The one message of a rollout as it is now. Fits Slack's limits however many steps and targets there are. */
export function renderMessage(
  view: RolloutView,
  {
    acknowledgements = [],
    unacknowledged = false,
  }: { readonly acknowledgements?: readonly Acknowledgement[]; readonly unacknowledged?: boolean } = {},
): SlackMessage {
  const buttons = drawButtons(view, unacknowledged)
  const blocks: KnownBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: clip(headline(view), limits.header) } },
    section(whereItIs(view)),
    ...(view.verdict ? [section(`:rotating_light: ${escape(clip(view.verdict.message, 1_500))}`)] : []),
    ...codeBlocks(view.instructions, 2),
    ...codeBlocks(targetTable(view.targets), 5),
    ...pack(view.steps.map(stepLine), { size: 2_800, texts: 8 }).map((lines) => section(lines.join('\n'))),
    ...(view.gate ? [section(gateText(view))] : []),
    ...decided(view.decisions, acknowledgements),
    ...(buttons.length > 0 ? [{ type: 'actions' as const, elements: [...buttons] }] : []),
    {
      type: 'context',
      elements: [
        {
          type: 'mrkdwn',
          text: clip(
            `\`${view.id}\` · ${escape(view.package)} · started by ${escape(view.startedBy)}`,
            limits.value,
          ),
        },
      ],
    },
  ]
  return { text: escape(clip(summaryLine(view), 1_000)), blocks }
}

function headline({ title, outcome, phase, paused }: RolloutView): string {
  return `${title}: ${outcome ?? phase}${paused && phase !== 'Paused' ? ' (paused)' : ''}`
}

function whereItIs({ message, reason, since, deadline, outcome }: RolloutView): string {
  const what = escape(clip((outcome && reason) || message, 2_000))
  return `${what}\n_since ${moment(since)}${deadline && !outcome ? `, until ${moment(deadline)}` : ''}_`
}

function targetTable(targets: readonly TargetView[]): readonly string[] {
  if (targets.length === 0) return []
  const width = Math.min(60, Math.max(...targets.map(({ key }) => key.length)))
  const row = (key: string, ...cells: readonly string[]): string =>
    [clip(key, width).padEnd(width), ...cells.map((cell) => cell.padStart(6))].join(' ').trimEnd()
  return [
    `${row('target', 'asked', 'actual')}  state`,
    ...targets.map(({ key, asked, actual, state }) => `${row(key, `${asked} %`, `${actual} %`)}  ${state}`),
  ]
}

function stepLine({ number, title, state, message }: StepView): string {
  const why = message && state !== 'Passed' ? `: ${clip(message, 200)}` : ''
  return `${marks[state]} ${number}. ${escape(clip(title, 300))}${escape(why)}`
}

function gateText({ gate }: RolloutView): string {
  if (!gate) return ''
  const { title, why, required, from, approvals, expiresAt, needsReason } = gate
  const who = from.length > 0 ? from.map((name) => name.replace(/^role:/, 'any ')).join(', ') : 'nobody'
  return [
    `*${escape(title)}*: ${escape(clip(why, 1_500))}`,
    `Waits for ${required} approval(s) of ${escape(clip(who, 500))}.`,
    ...(approvals.length > 0 ? [`So far: ${escape(approvals.join(', '))}.`] : []),
    ...(expiresAt ? [`${needsReason ? 'Opens by itself' : 'Counts as no after'} ${moment(expiresAt)}.`] : []),
  ].join('\n')
}

/** Who decided what, when and why: what stands where the buttons were. */
function decided(
  decisions: readonly Decision[],
  acknowledgements: readonly Acknowledgement[],
): readonly KnownBlock[] {
  const said = decisions.map(({ verb, by, verified, at, comment, result }) => ({
    at,
    text: `*${verb}* by ${escape(by)}${verified ? '' : ' (not verified)'} ${moment(at)}${quote(comment)}\n${escape(clip(result, 200))}`,
  }))
  const taken = acknowledgements.map(({ by, at, comment }) => ({
    at,
    text: `*acknowledged* by ${escape(by)} ${moment(at)}${quote(comment)}`,
  }))
  const last = [...said, ...taken].sort((a, b) => a.at.localeCompare(b.at)).slice(-mostDecisions)
  return pack(
    last.map(({ text }) => text),
    { size: 2_800, texts: 2 },
  ).map((lines) => section(lines.join('\n')))
}

const quote = (comment: string | undefined): string => (comment ? `: “${escape(clip(comment, 500))}”` : '')

function codeBlocks(lines: readonly string[], most: number): readonly KnownBlock[] {
  // Escaping makes texts longer: half of what Slack takes is always enough.
  return pack(lines, { size: 1_400, texts: most }).map((some) => section(code(some)))
}

function section(text: string): KnownBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: clip(text, limits.section) } }
}
