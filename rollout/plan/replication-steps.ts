import type { PlanContext } from './context.ts'
import { formatBytes, labelPlace } from './labels.ts'
import type { Replication } from './replication.ts'
import { placeId } from './places.ts'
import type { StepDraft } from './step-draft.ts'
import type { ArtifactCopy, ImageCopy } from './types.ts'

function artifactStep(context: PlanContext, copy: ArtifactCopy, index: number): StepDraft {
  const what = copy.kind === 'prefix' ? `${copy.objects} objects of ${copy.source}` : copy.source
  return {
    id: `replicate/artifact-${index + 1}`,
    kind: 'replicate-artifact',
    title: `${labelPlace(context, copy.to)}: copy ${what} (${formatBytes(copy.bytes)})`,
    targets: [],
    copy: index,
  }
}

const imageVerbs: Readonly<Record<ImageCopy['mode'], string>> = {
  copy: 'copy image',
  replicated: 'wait until ECR has replicated image',
  remap: 'use the image of AWS in this Region for',
  none: 'check image',
}

function imageStep(context: PlanContext, copy: ImageCopy, index: number): StepDraft {
  const size = copy.mode === 'copy' ? ` (${formatBytes(copy.bytes)})` : ''
  const digest = copy.digest.replace(/^sha256:/, '').slice(0, 12)
  return {
    id: `replicate/image-${index + 1}`,
    kind: 'replicate-image',
    title: `${labelPlace(context, copy.to)}: ${imageVerbs[copy.mode]} ${copy.repository}@${digest}${size}`,
    targets: [],
    copy: index,
  }
}

/** Copies, artifacts before images; the package is registered as soon as what it will refer to is there. */
export function replicationSteps(
  context: PlanContext,
  { artifacts, images }: Replication,
): readonly StepDraft[] {
  const { document } = context
  const to = document.promote?.to
  const all = [
    ...artifacts.map((copy, index) => ({ at: placeId(copy.to), step: artifactStep(context, copy, index) })),
    ...images.map((copy, index) => ({ at: placeId(copy.to), step: imageStep(context, copy, index) })),
  ]
  if (!to) return all.map(({ step }) => step)
  const place = { accountId: document.accounts[to.account]?.id ?? '', region: to.region }
  const first = all.filter(({ at }) => at === placeId(place))
  const rest = all.filter(({ at }) => at !== placeId(place))
  return [
    ...first.map(({ step }) => step),
    {
      id: 'promote',
      kind: 'promote',
      title: `${labelPlace(context, place)}: register the package in group ${to.group} (${to.status})`,
      targets: [],
    },
    ...rest.map(({ step }) => step),
  ]
}
