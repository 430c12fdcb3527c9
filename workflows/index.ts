/** Everything that the worker registers. */
export { endpoint } from './endpoint/index.ts'
export { herald } from './herald/index.ts'
export { plan } from './plan.ts'
export { rollout } from './rollout/index.ts'
