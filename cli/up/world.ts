import { packModel, readGolden } from '../../examples/model/pack.ts'
import { defaultAccounts, exampleWorld, registryBucket } from '../../examples/world.ts'
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

/** The members of the example world that are changed here. */
interface World extends Seed {
  readonly buckets: readonly { readonly name: string; readonly objects?: readonly object[] }[]
  readonly modelPackageGroups: readonly { readonly account: string; readonly name: string }[]
  readonly modelPackages: readonly {
    readonly InferenceSpecification: { readonly Containers: readonly Container[] }
  }[]
  readonly endpoints: readonly { readonly region: string; readonly traffic: object }[]
}

interface Container {
  readonly Image: string
  readonly ModelDataUrl: string
}

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
  return withRush(withOwnPackages(world as unknown as World))
}

function withRush(world: World): World {
  const requestsPerSecond = REQUESTS_PER_SECOND * RUSH
  return {
    ...world,
    endpoints: world.endpoints.map((endpoint) =>
      endpoint.region === 'us-east-1'
        ? { ...endpoint, traffic: { ...endpoint.traffic, requestsPerSecond } }
        : endpoint,
    ),
  }
}

/** The smallest example has no registry account: production's own account in eu-west-1 has the same versions. */
function withOwnPackages(world: World): World {
  const account = defaultAccounts.prodEu
  const own = `models-${account}-eu-west-1`
  const artifacts = world.buckets.find(({ name }) => name === registryBucket())?.objects ?? []
  const inOwn = (container: Container): Container => ({
    ...container,
    Image: `${account}.dkr.ecr.eu-west-1.amazonaws.com/fraud-scorer-stable:v37`,
    ModelDataUrl: container.ModelDataUrl.replace(registryBucket(), own),
  })
  return {
    ...world,
    buckets: world.buckets.map((bucket) =>
      bucket.name === own ? { ...bucket, objects: [...(bucket.objects ?? []), ...artifacts] } : bucket,
    ),
    modelPackageGroups: [
      ...world.modelPackageGroups,
      ...world.modelPackageGroups
        .filter((group) => group.account === defaultAccounts.registry)
        .map((group) => ({ ...group, account })),
    ],
    modelPackages: [
      ...world.modelPackages,
      ...world.modelPackages.map(({ InferenceSpecification, ...rest }) => ({
        ...rest,
        account,
        InferenceSpecification: {
          ...InferenceSpecification,
          Containers: InferenceSpecification.Containers.map(inOwn),
        },
      })),
    ],
  }
}

export { defaultAccounts as localAccounts }
