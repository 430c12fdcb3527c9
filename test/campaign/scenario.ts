import type { WorldOptions } from '../../examples/world.ts'
import type { Outcome, Verb } from '../../rollout/phases.ts'
import type { RolloutView } from '../../rollout/view.ts'
import type { Answer, Person, Stack } from '../support/start-stack.ts'
import type { WorldState } from '../support/world-state.ts'
import type { Effect, Ledger } from './ledger.ts'
import type { Moment } from './probe.ts'
import type { PathPoint } from './together.ts'

/**
 * One point of the campaign: what is done to a rollout, and what must come of it. `run` plays it on a stage of its own
 * (a fresh world with accounts of its own, an API, a worker), and says what is expected; afterwards the oracle judges the
 * rollouts, the whole sandbox and everything that took effect in it. A throw fails the point.
 */
export interface Scenario {
  /** Unique, words and `/` only as far as possible: `lies/silent-rollback/with-reason`. Replays with `--only ID`. */
  readonly id: string
  /** The row of the matrix: `crash`, `aws`, `lies`, `people` … */
  readonly kind: string
  /** The column: the path of the rollout that is disturbed. */
  readonly path: 'good' | 'rollback' | 'abort' | 'other'
  /** Laid over the campaign's world: other versions, traffic, SageMaker's times. */
  readonly world?: Partial<WorldOptions>
  /** Adds to the world by the keys of a seed, before anything runs. */
  readonly seed?: (stage: Stage) => Readonly<Record<string, unknown>>
  /** Needs a Temporal server that may be killed: the point gets one for itself. */
  readonly ownTemporal?: boolean
  /** Of a point that may share its rollout with others of its path. */
  readonly onPath?: PathPoint
  run(stage: Stage): Promise<Expectation>
}

export interface Expectation {
  readonly rollouts: readonly ExpectedRollout[]
  /** Whether the world is as in an undisturbed run (no mutation took effect more often); default: if the path says so. */
  readonly effects?: 'as-clean' | 'any'
  /** Configs that may stay although nothing uses them. */
  readonly kept?: readonly string[]
  /** False when the point's own moment never came, so that nothing was disturbed. */
  readonly reached?: boolean
}

export interface ExpectedRollout {
  readonly id: string
  /** As strict as truth allows: one, where it can only end one way. */
  readonly outcomes: readonly Outcome[]
  /** What its reason must say. */
  readonly reason?: RegExp
}

/** What a scenario plays on. Everything waits for states, and goes on asking while workers or servers are away. */
export interface Stage {
  readonly stack: Stack
  /** The sandbox as it was before. */
  readonly before: WorldState
  readonly ledger: Ledger
  readonly seed: number
  /**
   * The campaign's document: two waves over three targets in two accounts, promote, replicate, staging with tests, approval,
   * canary, autoscaling on the first target, a record. Members given replace its own; `undefined` takes one away.
   */
  document(members?: DocumentMembers): Record<string, unknown>
  /** Starts as zoe, under one Idempotency-Key, until it is accepted; throws when it is refused. */
  start(document: unknown): Promise<string>
  /** Sends one decision, under one decisionId, until it is answered other than with a server error. */
  decide(id: string, verb: Verb, by?: Person, body?: Readonly<Record<string, unknown>>): Promise<Answer>
  until(id: string, so: (view: RolloutView) => boolean, seconds?: number): Promise<RolloutView>
  ended(id: string, seconds?: number): Promise<RolloutView>
  /** The first effect on AWS that is so, past or to come; throws after a while. */
  effect(so: (effect: Effect) => boolean): Promise<Effect>
  /** The candidate's first share of traffic in a Region, as it takes effect. */
  firstTraffic(region: string): Promise<Effect>
  /** The team's own alarm goes off in a Region and stays on until the point is over. */
  alarm(region: 'eu-west-1' | 'us-east-1'): Promise<void>
  /** Kills the worker with SIGKILL and starts another. */
  crash(): Promise<void>
  /** The worker ends itself with SIGKILL at the moment; another is started at once. May be asked for several moments. */
  crashAt(moment: Moment): Promise<{ readonly happened: () => boolean }>
  /**
   * From now on `start` and `decide` go through an API in a process of its own, which dies by SIGKILL at a call to Temporal,
   * such as `{ abort: 'before/update#1' }` (`start` or a verb, before or after the n-th start, update, signal or describe),
   * and is started again at the same address. What is sent then is sent again.
   */
  useApiProcess(
    traps?: Readonly<Record<string, string>>,
    onMoment?: (request: string, moment: string) => void,
  ): Promise<{ readonly happened: () => boolean }>
  /** Kills the point's own Temporal server with SIGKILL and starts it again on its database file. */
  crashTemporal(): Promise<void>
  /** Tells of every moment of the worker from now on. */
  record(onMoment: (moment: Moment) => void): Promise<void>
}

export type DocumentMembers = {
  readonly version?: number
  readonly production?: Readonly<Record<string, unknown>>
  readonly [member: string]: unknown
}
