import type { RolloutAnswer } from '../../api/answers.ts'
import type { Happening } from '../follow.ts'
import type { Terminal } from '../terminal.ts'
import { drawRollout } from './tree.ts'

/** What shows happenings as they come. */
export interface Screen {
  show(happening: Happening): void
  /** Leaves the last picture standing. */
  close(): void
}

/** Redraws where that is possible, else logs. */
export function createScreen(terminal: Terminal): Screen {
  return terminal.redraws ? drawing(terminal) : logging(terminal)
}

const REDRAW_MS = 1_000

function drawing(terminal: Terminal): Screen {
  let lines = 0
  let rollout: RolloutAnswer | undefined
  let trouble: string | undefined
  const draw = (): void => {
    if (!rollout) return
    const { columns, rows } = terminal.size()
    // One column less than there is, or the terminal itself would break the line.
    const width = Math.min(columns - 1, 120)
    const drawn = drawRollout(rollout, { now: Date.now(), width, height: rows - 2, colors: terminal.colors })
    const all =
      trouble === undefined ? drawn : [...drawn, terminal.colors.yellow(`! ${trouble}`.slice(0, width))]
    const up = lines > 0 ? `\x1b[${lines}A` : ''
    terminal.raw(`${up}\x1b[J${all.slice(0, rows - 1).join('\n')}\n`)
    lines = Math.min(all.length, rows - 1)
  }
  const clock = setInterval(draw, REDRAW_MS)
  return {
    show(happening) {
      if (happening.kind === 'timeline') return
      if (happening.kind === 'trouble') trouble = happening.message
      if (happening.kind === 'state') {
        rollout = happening.rollout
        if (!rollout.stale) trouble = undefined
      }
      draw()
    },
    close() {
      clearInterval(clock)
      draw()
    },
  }
}

/** One line a change: what a log keeps and `grep` finds. */
function logging(terminal: Terminal): Screen {
  return {
    show(happening) {
      if (happening.kind === 'timeline') {
        const { at, text } = happening.entry
        terminal.out(`${at.slice(11, 19)}Z  ${text.replaceAll(/\s*[\r\n]+\s*/g, ' ')}`)
      }
      if (happening.kind === 'trouble') terminal.note(`! ${happening.message}`)
      if (happening.kind === 'state' && happening.rollout.stale)
        terminal.note(`! ${happening.rollout.summary}`)
    },
    close() {},
  }
}
