import type { PlanContext } from './context.ts'

/** More targets than these are counted, not listed. */
const listed = 4

/** What a Region is called in titles: with the account where the Region occurs in several, with the endpoint where that does not tell either. */
export function labelOf(context: PlanContext, key: string): string {
  const all = [...context.production, ...(context.staging ? [context.staging] : [])]
  const own = all.find(({ target }) => target.key === key)
  if (!own) return key
  const { account, accountId, region, endpoint } = own.target
  if (own.stage === 'staging') return `${account} ${region}`
  const others = context.production.filter(({ target }) => target.key !== key && target.region === region)
  if (others.length === 0) return region
  const place = others.some(({ target }) => target.accountId !== accountId) ? `${account} ${region}` : region
  return others.some(({ target }) => target.accountId === accountId) ? `${place} ${endpoint}` : place
}

/** `eu-west-1`, `us-east-1, ap-southeast-2`, or `wave 3 (48 targets)`. */
export function labelTargets(context: PlanContext, keys: readonly string[], wave?: number): string {
  if (keys.length <= listed) return keys.map((key) => labelOf(context, key)).join(', ')
  return wave === undefined ? `all waves (${keys.length} targets)` : `wave ${wave} (${keys.length} targets)`
}

/** `prod eu-west-1` for a place that copies go to. */
export function labelPlace(context: PlanContext, place: { accountId: string; region: string }): string {
  const name = Object.keys(context.document.accounts).find(
    (key) => context.document.accounts[key]?.id === place.accountId,
  )
  return `${name ?? place.accountId} ${place.region}`
}

/** `12 MB`, decimal as AWS counts. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${value >= 10 || unit === 0 ? Math.round(value) : Math.round(value * 10) / 10} ${units[unit]}`
}
