import { registryOf, type Repository } from '../../../sandbox/ecr/state.ts'
import type { ExpectedRollout, Scenario, Stage } from '../scenario.ts'
import { aborted, bakes, mustDecide, rolledBack, scenario } from './light.ts'

type Region = 'eu-west-1' | 'us-east-1'

const tag = 'v37'

function stableRepository({ stack: { accounts, sandbox } }: Stage, region: Region): Repository {
  const account = region === 'eu-west-1' ? accounts.prodEu : accounts.prodWorld
  const found = registryOf(sandbox.world, account, region).repositories.get('fraud-scorer-stable')
  if (!found) throw new Error(`stable has no repository in ${region}`)
  return found
}

/** The team pushes another image under stable's tag. Returns how they take it back. */
async function moveTag(stage: Stage, region: Region): Promise<() => void> {
  const repository = stableRepository(stage, region)
  const digest = repository.tags.get(tag)
  await stage.stack.seed({
    repositories: [
      {
        name: repository.name,
        account: repository.accountId,
        region,
        images: [{ tags: [tag], layers: [{ text: 'rebuilt' }] }],
      },
    ],
  })
  if (digest === undefined || repository.tags.get(tag) === digest) throw new Error('the tag did not move')
  return () => void repository.tags.set(tag, digest)
}

/** A lifecycle rule expires stable's image. Returns how it is pushed again. */
async function expireImage(stage: Stage, region: Region): Promise<() => void> {
  const { tags, images } = stableRepository(stage, region)
  const digest = tags.get(tag) ?? ''
  const image = images.get(digest)
  if (!image) throw new Error('stable has no image')
  tags.delete(tag)
  images.delete(digest)
  return () => {
    images.set(digest, image)
    tags.set(tag, digest)
  }
}

/** Going back would start stable with other code, or not at all: it keeps all traffic, and a person is told. */
async function abortAndRepair(
  stage: Stage,
  id: string,
  breakIt: typeof moveTag,
  says: RegExp,
): Promise<Omit<ExpectedRollout, 'id'>> {
  await stage.until(id, bakes(1))
  const repair = await breakIt(stage, 'eu-west-1')
  await mustDecide(stage, id, 'abort', 'zoe')
  const { message, targets, instructions } = await stage.until(id, ({ phase }) => phase === 'NeedsHuman')
  if (!says.test(message)) throw new Error(`it does not say what is wrong: ${message}`)
  if (targets[0]?.asked !== 0) throw new Error(`the candidate keeps ${targets[0]?.asked} % of the traffic`)
  if (instructions.some((command) => command.startsWith('aws sagemaker update-endpoint ')))
    throw new Error('it tells a person to do what it refuses to do itself')
  repair()
  await mustDecide(stage, id, 'retry')
  return aborted
}

/** Stable's image is not what it was. */
export const stableImage: readonly Scenario[] = [
  scenario('lies/stable-image/tag-moved-in-the-bake', (stage, id) =>
    abortAndRepair(stage, id, moveTag, /would not start again .* the tag was moved/),
  ),
  scenario('lies/stable-image/gone-in-the-bake', (stage, id) =>
    abortAndRepair(stage, id, expireImage, /would not start again .* does not exist any more/),
  ),
  scenario(
    'lies/stable-image/tag-moved-before-the-second-wave',
    async (stage, id) => {
      await stage.until(id, bakes(1))
      await moveTag(stage, 'us-east-1')
      return rolledBack(/us-east-1.* would not start again .* the tag was moved/)
    },
    { members: { production: { prepare: 'perWave' } } },
  ),
]
