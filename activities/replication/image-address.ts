/** An image in a private ECR registry. */
export interface ImageAddress {
  readonly accountId: string
  readonly region: string
  /** `<account>.dkr.ecr.<region>.amazonaws.com` */
  readonly registry: string
  readonly repository: string
  readonly tag?: string
  readonly digest?: string
}

/** The parts of `<account>.dkr.ecr.<region>.amazonaws.com/<repository>[:tag][@digest]`; undefined for any other image. */
export function parseImage(image: string): ImageAddress | undefined {
  const match =
    /^((\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws|c2s\.ic\.gov|sc2s\.sgov\.gov))\/([a-z0-9][a-z0-9._/-]*?)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/i.exec(
      image,
    )
  if (!match) return undefined
  const [, registry = '', accountId = '', region = '', repository = '', tag, digest] = match
  return {
    accountId,
    region,
    registry,
    repository,
    ...(tag && { tag }),
    ...(digest && { digest: digest.toLowerCase() }),
  }
}

/** The registry of an account in a Region; China has a domain of its own. */
export function registryHost(accountId: string, region: string): string {
  return `${accountId}.dkr.ecr.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
}
