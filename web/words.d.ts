/** What the server writes into `words.js`; see api/web/words.ts. */
import type { Outcome, Phase, Verb } from '../rollout/phases.ts'

export declare const phases: readonly Phase[]
export declare const outcomes: readonly Outcome[]
export declare const outcomeMeaning: Readonly<Record<Outcome, string>>
/** Instead of Succeeded's, of a rollout that takes back another one. */
export declare const undoneMeaning: string
export declare const verbPast: Readonly<Record<Verb, string>>
/** How a verb is written in the API's paths. */
export declare const verbPaths: Readonly<Record<Verb, string>>
