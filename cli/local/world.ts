import { packModel, readGolden } from '../../examples/model/pack.ts'
import { defaultAccounts, exampleWorld } from '../../examples/world.ts'
import type { Seed } from '../../sandbox/core/seed.ts'

/**
 * The versions of the model that one can try: 37 serves in production when the world begins.
 *  - 38 is good;
 *  - 39 answers correctly, but takes only so many requests a second: good enough for staging and for the quiet Regions,
 *    not for us-east-1, which has ten times their traffic;
 *  - 40 was trained on swapped columns and gives wrong answers: the golden set in staging finds it;
 *  - 41 never gets healthy.
 */
const overloaded = { SANDBOX_CAPACITY_RPS: '25' }
const REQUESTS_PER_SECOND = 40
const RUSH = 10

/** The simulated AWS of `sluice up` and `sluice demo`, with the accounts that the documents in `examples/` name. */
export async function localWorld(): Promise<Seed> {
  const [previous, good, broken, golden] = await Promise.all([
    packModel('previous'),
    packModel('good'),
    packModel('broken'),
    readGolden(),
  ])
  const world = exampleWorld({
    requestsPerSecond: REQUESTS_PER_SECOND,
    golden,
    versions: [
      { version: 37, artifact: previous },
      { version: 38, artifact: good },
      { version: 39, artifact: good, environment: overloaded },
      { version: 40, artifact: broken },
      { version: 41, artifact: good, environment: { SANDBOX_NEVER_HEALTHY: '1' } },
    ],
  })
  const { endpoints, ...rest } = world as { endpoints: readonly { region: string; traffic: object }[] }
  return {
    ...rest,
    endpoints: endpoints.map((endpoint) =>
      endpoint.region === 'us-east-1'
        ? { ...endpoint, traffic: { ...endpoint.traffic, requestsPerSecond: REQUESTS_PER_SECOND * RUSH } }
        : endpoint,
    ),
  }
}

export { defaultAccounts as localAccounts }
