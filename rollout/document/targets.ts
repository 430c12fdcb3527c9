import type { Place, Target } from '../target.ts'
import { targetKey } from '../target.ts'
import type { Document, EndpointSettings, TargetSpec } from './types.ts'
import type { TemplateValues } from './templates.ts'

/** One target of a document with its settings merged: the target's own win field by field. */
export interface DocumentTarget {
  readonly target: Target
  readonly settings: EndpointSettings
  readonly stage: 'staging' | 'production'
  /** From 1; absent for staging. */
  readonly wave?: number
  /** Where it stands in the document. */
  readonly path: string
}

/** The parts of a versioned model package ARN, or null. */
export function parsePackageArn(arn: string): {
  readonly partition: string
  readonly region: string
  readonly accountId: string
  readonly group: string
  readonly version: number
} | null {
  const match =
    /^arn:(aws[a-z-]*):sagemaker:([a-z0-9-]+):(\d{12}):model-package\/([a-zA-Z0-9](?:-*[a-zA-Z0-9]){0,62})\/(\d{1,9})$/.exec(
      arn,
    )
  if (!match) return null
  const [, partition = '', region = '', accountId = '', group = '', version = ''] = match
  return { partition, region, accountId, group, version: Number(version) }
}

/** How to get to an account of the document, by its name there. */
export function placeOf(document: Document, account: string, region: string): Place {
  const entry = document.accounts[account]
  return {
    accountId: entry?.id ?? '',
    region,
    ...(entry?.role ? { role: entry.role } : {}),
    ...(entry?.externalId ? { externalId: entry.externalId } : {}),
  }
}

/** Where the model package is; its account is the first of the document's with that id. */
export function packagePlace(document: Document): Place {
  const arn = parsePackageArn(document.model.package)
  const accountId = arn?.accountId ?? ''
  const name = Object.keys(document.accounts).find((key) => document.accounts[key]?.id === accountId)
  return name === undefined
    ? { accountId, region: arn?.region ?? '' }
    : placeOf(document, name, arn?.region ?? '')
}

function documentTarget(
  document: Document,
  spec: TargetSpec,
  at: Pick<DocumentTarget, 'stage' | 'wave' | 'path'>,
): DocumentTarget {
  const settings = { ...document.endpoint, ...spec.endpoint }
  const place = placeOf(document, spec.account, spec.region)
  return {
    target: {
      ...place,
      key: targetKey(place.accountId, spec.region, settings.name),
      account: spec.account,
      endpoint: settings.name,
    },
    settings,
    ...at,
  }
}

/** Production targets in the order of the document. */
export function productionTargets(document: Document): readonly DocumentTarget[] {
  return document.production.waves.flatMap((wave, waveIndex) =>
    wave.map((spec, index) =>
      documentTarget(document, spec, {
        stage: 'production',
        wave: waveIndex + 1,
        path: `production.waves[${waveIndex}][${index}]`,
      }),
    ),
  )
}

export function stagingTarget(document: Document): DocumentTarget | null {
  if (!document.staging) return null
  return documentTarget(document, document.staging.target, { stage: 'staging', path: 'staging.target' })
}

/** Values for the document's templates in one place. */
export function templateValues(
  document: Document,
  place: Pick<Place, 'accountId' | 'region'>,
): TemplateValues {
  const arn = parsePackageArn(document.model.package)
  return {
    account: place.accountId,
    region: place.region,
    group: arn?.group ?? '',
    version: String(arn?.version ?? ''),
    name: document.name,
  }
}
