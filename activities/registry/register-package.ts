import {
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  DescribeModelPackageGroupCommand,
  type CreateModelPackageInput,
  type DescribeModelPackageOutput,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker'
import { createHash } from 'node:crypto'
import { canonicalJson } from '../../rollout/document/canonical.ts'
import type { Activities, RegisterPackage } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { isAlreadyExists, isNotFound } from '../aws/predicates.ts'
import { fail } from '../failure.ts'
import { describePackage, findRegistered, sourceArn, sourceHash } from './find-registered.ts'
import { rewritePackage } from './rewrite-package.ts'

const POLL_MS = 5_000
const MOST_METADATA = 50

/**
 * Registers the package in another group, once: a version that was made from it with the same content is taken as it is,
 * and a lost answer is found by its token or its stamp. The copy is complete but for what only SageMaker writes.
 */
export function createRegisterPackage({
  aws,
  clockRate,
}: Pick<Dependencies, 'aws' | 'clockRate'>): Activities['registerPackage'] {
  return async ({ rolloutId, source, promote, rewrites }) => {
    const described = await describePackage(aws.sagemaker(source.place, rolloutId), source.arn)
    if (!described) {
      throw fail(
        'SourceChanged',
        `${source.arn} does not exist any more. Register the model again and start a new rollout.`,
      )
    }
    const sagemaker = aws.sagemaker(promote.to, rolloutId)
    const content = rewritePackage(described, rewrites, {
      mayKeep: promote.to.region === source.place.region,
    })
    const hash = createHash('sha256').update(canonicalJson(content)).digest('hex')
    // Another account's group is reached by its ARN only, and is never made by us.
    const own = promote.groupArn.split(':')[4] === promote.to.accountId
    const group = own ? promote.group : promote.groupArn
    const wanted = { arn: source.arn, hash, after: described.CreationTime }

    const existing = await findRegistered(sagemaker, group, wanted)
    if (existing) return completed(existing, false, clockRate)
    if (own) await ensureGroup(sagemaker, promote, rolloutId)
    const { ModelPackageArn } = await sagemaker.send(
      new CreateModelPackageCommand({
        ...content,
        ModelPackageGroupName: group,
        ModelApprovalStatus: promote.status,
        ClientToken: promote.clientToken,
        CustomerMetadataProperties: stamp(described, {
          [sourceArn]: source.arn,
          [sourceHash]: hash,
          'sluice:rollout': rolloutId,
        }),
      } as CreateModelPackageInput),
    )
    const made = await describePackage(sagemaker, ModelPackageArn!)
    if (made) return completed(made, true, clockRate)
    throw fail('Settling', `${ModelPackageArn} was registered and cannot be seen yet.`, {
      delay: POLL_MS / clockRate,
    })
  }
}

function completed(
  { ModelPackageArn: arn = '', ModelPackageVersion: version = 0, ...found }: DescribeModelPackageOutput,
  created: boolean,
  clockRate: number,
): { readonly arn: string; readonly version: number; readonly created: boolean } {
  const { ModelPackageStatus: status, ModelPackageStatusDetails: details } = found
  if (status === 'Completed') return { arn, version, created }
  const reasons = [...(details?.ValidationStatuses ?? []), ...(details?.ImageScanStatuses ?? [])]
    .map(({ FailureReason }) => FailureReason)
    .filter(Boolean)
  if (status === 'Failed')
    throw fail(
      'Invalid',
      `${arn} failed: ${reasons.join('; ') || 'SageMaker gives no reason'}. Correct the package and register it again.`,
    )
  throw fail('NotYet', `${arn} is ${status}.`, { delay: POLL_MS / clockRate })
}

async function ensureGroup(
  sagemaker: SageMakerClient,
  { group }: RegisterPackage['promote'],
  rolloutId: string,
) {
  try {
    await sagemaker.send(new DescribeModelPackageGroupCommand({ ModelPackageGroupName: group }))
  } catch (error) {
    if (!isNotFound(error)) throw error
    try {
      await sagemaker.send(
        new CreateModelPackageGroupCommand({
          ModelPackageGroupName: group,
          Tags: [{ Key: 'sluice:rollout', Value: rolloutId }],
        }),
      )
    } catch (again) {
      if (!isAlreadyExists(again)) throw again
    }
  }
}

function stamp(
  { CustomerMetadataProperties: before = {}, ModelPackageArn }: DescribeModelPackageOutput,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const all = { ...before, ...own }
  if (Object.keys(all).length <= MOST_METADATA) return all
  throw fail(
    'Invalid',
    `${ModelPackageArn} has ${Object.keys(before).length} customer metadata properties; with the ${Object.keys(own).length} that Sluice adds ` +
      `that is more than the ${MOST_METADATA} that SageMaker allows. Remove some from the package.`,
  )
}
