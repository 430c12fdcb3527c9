import { packModel } from '../../examples/model/pack.ts'
import { productionPlaces, type WorldAccounts, type WorldVersion } from '../../examples/world.ts'

/** The versions that a bench needs: what serves, and one that is as good. */
export async function versions(): Promise<readonly WorldVersion[]> {
  const artifact = await packModel('good')
  return [
    { version: 37, artifact },
    { version: 38, artifact },
  ]
}

/** One more endpoint of the example world, by its number. */
export interface Spot {
  readonly account: 'prod-eu' | 'prod-world'
  readonly id: string
  readonly region: string
  readonly endpoint: string
}

/** So many endpoints, spread evenly over production's accounts and Regions. */
export function spots(accounts: WorldAccounts, count: number, prefix = 'scorer'): readonly Spot[] {
  const places = productionPlaces(accounts)
  return Array.from({ length: count }, (_, index) => {
    const { account: id, region } = places[index % places.length] ?? { account: '', region: '' }
    return {
      account: id === accounts.prodEu ? 'prod-eu' : 'prod-world',
      id,
      region,
      endpoint: `${prefix}-${index + 1}`,
    }
  })
}

/** What the sandbox must be given for them to exist, serving what the example world's endpoints serve. */
export function endpointSeed(of: readonly Spot[], requestsPerSecond = 40): Record<string, unknown> {
  const places = [
    ...new Map(of.map(({ id: account, region }) => [`${account} ${region}`, { account, region }])).values(),
  ]
  return {
    quotas: places.map((place) => ({ ...place, instanceType: 'ml.m5.xlarge', value: 100_000 })),
    endpoints: of.map(({ id, region, endpoint }) => ({
      account: id,
      region,
      name: endpoint,
      config: 'fraud-scorer-v37',
      ...(requestsPerSecond > 0 ? { traffic: { requestsPerSecond, history: true } } : {}),
    })),
  }
}

/** Targets of a document, all in one wave. */
export function oneWave(of: readonly Spot[]): readonly (readonly Record<string, unknown>[])[] {
  return [of.map(({ account, region, endpoint }) => ({ account, region, endpoint: { name: endpoint } }))]
}
