import type { Milliseconds } from '../document/types.ts'
import type { Outcome } from '../phases.ts'
import type { RolloutView, StepView } from '../view.ts'
import { describeNotice } from './describe.ts'
import type { Notice, NoticeEvent, NoticeMemory, Told, Trouble } from './types.ts'

/** How often what still waits is told again; real milliseconds. */
export interface Reminders {
  readonly approval: Milliseconds
  readonly needsHuman: Milliseconds
}

export interface Looked {
  readonly memory: NoticeMemory
  readonly notices: readonly Notice[]
  /** Epoch milliseconds when something must be told again, if nothing happens before. */
  readonly remindAt?: number
}

/** What an end means for those who are told of it. The last three are what the command line calls exit code 4. */
const endings: Readonly<Record<Outcome, NoticeEvent>> = {
  Succeeded: 'succeeded',
  RolledBack: 'rolled-back',
  Rejected: 'rolled-back',
  Aborted: 'rolled-back',
  Superseded: 'rolled-back',
  Failed: 'failed',
  Partial: 'needs-human',
  Conflict: 'needs-human',
  NeedsHuman: 'needs-human',
}

/**
 * What is new since the last look, and what is due to be told again. Looks may be far apart: what came and went between
 * two of them needs nobody any more. Pure: the same view and memory make the same notices with the same ids.
 */
export function detect(
  view: RolloutView,
  memory: NoticeMemory,
  { now, reminders, acknowledged }: { now: number; reminders: Reminders; acknowledged: readonly string[] },
): Looked {
  const notices: Notice[] = []
  const tell = (event: NoticeEvent, key: string, more: Partial<Notice> = {}): void => {
    const about = { ...more, id: [view.id, event, ...(key ? [key] : [])].join('/') }
    notices.push(describeNotice(view, event, new Date(now).toISOString(), about))
  }

  if (!memory.started) tell('started', '')
  const done = view.steps.filter((step) => isDone(step) && !memory.steps.includes(step.number))
  for (const step of done) tell('step-done', String(step.number), { step: brief(step) })

  const { verdict } = view
  const verdictKey = verdict?.result === 'Fail' ? `${verdict.target}@${verdict.at}` : undefined
  if (verdict && verdictKey !== undefined && verdictKey !== memory.verdict)
    tell('alarm', verdictKey, { verdict })

  const waiting = told(waitsFor(view), memory.waiting, now, reminders.approval, (key, reminder) =>
    tell('waiting-for-approval', remindedKey(key, reminder), { ...gateOf(view), ...reminded(reminder) }),
  )
  const trouble = troubleOf(view, memory)
  const troubled =
    trouble && acknowledged.includes(trouble.key)
      ? trouble
      : told(trouble, memory.trouble, now, reminders.needsHuman, (key, reminder) =>
          tell('needs-human', remindedKey(key, reminder), reminded(reminder)),
        )
  if (view.outcome && !memory.ended && endings[view.outcome] !== 'needs-human')
    tell(endings[view.outcome], '')

  const due = [
    ...(waiting ? [waiting.toldAt + reminders.approval] : []),
    ...(troubled && !acknowledged.includes(troubled.key) ? [troubled.toldAt + reminders.needsHuman] : []),
  ]
  return {
    notices,
    memory: {
      started: true,
      steps: [...memory.steps, ...done.map((step) => step.number)],
      ...(verdictKey === undefined ? {} : { verdict: verdictKey }),
      ...(waiting ? { waiting } : {}),
      ...(trouble && troubled ? { trouble: { ...trouble, ...troubled } } : {}),
      troubles: memory.troubles + (trouble && trouble.key !== memory.trouble?.key ? 1 : 0),
      ended: view.outcome !== undefined,
    },
    ...(due.length > 0 ? { remindAt: Math.min(...due) } : {}),
  }
}

/** Tells what is new at once, and what goes on when its time has come. */
function told<Kind extends Told>(
  current: Kind | undefined,
  before: Told | undefined,
  now: number,
  every: Milliseconds,
  tell: (key: string, reminder: number) => void,
): Kind | undefined {
  if (!current) return undefined
  const known = before?.key === current.key ? before : undefined
  if (known && now < known.toldAt + every) return { ...current, ...pick(known) }
  const reminder = known ? known.reminders + 1 : 0
  tell(current.key, reminder)
  return { ...current, toldAt: now, reminders: reminder }
}

const pick = ({ toldAt, reminders }: Told): Pick<Told, 'toldAt' | 'reminders'> => ({ toldAt, reminders })

const reminded = (reminder: number): Partial<Notice> => (reminder > 0 ? { reminder } : {})

const remindedKey = (key: string, reminder: number): string => (reminder > 0 ? `${key}/${reminder}` : key)

/** An open gate, or a wave that is held until somebody says what becomes of it. */
function waitsFor(view: RolloutView): Told | undefined {
  if (view.gate) return { key: `${view.gate.id}@${view.gate.openedAt}`, toldAt: 0, reminders: 0 }
  if (view.phase === 'Held') return { key: `held@${view.since}`, toldAt: 0, reminders: 0 }
  return undefined
}

function gateOf({ gate }: RolloutView): Partial<Notice> {
  if (!gate) return {}
  const { openedAt: _, ...rest } = gate
  return { gate: rest }
}

/** The trouble that a rollout is in; it goes on until the rollout is out of it, or one more target is stuck. */
function troubleOf(view: RolloutView, { trouble, troubles }: NoticeMemory): Trouble | undefined {
  const ended = view.outcome !== undefined && endings[view.outcome] === 'needs-human'
  if (view.phase !== 'NeedsHuman' && !ended) return undefined
  const stuck = view.targets.filter(({ state }) => state === 'NeedsHuman').map(({ key }) => key)
  const known = trouble?.targets ?? []
  if (trouble && stuck.every((key) => known.includes(key))) return trouble
  const targets = [...new Set([...known, ...stuck])]
  return { key: String(troubles + 1), targets, toldAt: 0, reminders: 0 }
}

const isDone = ({ state }: StepView): boolean => state === 'Passed' || state === 'Failed'

function brief({ number, id, title, state, message }: StepView): Notice['step'] {
  return { number, id, title, state, ...(message === undefined ? {} : { message }) }
}
