import type { ServiceName } from './types.ts'

/** What the credential scope of a SigV4 request says: who signed, for which service and Region. */
export interface Scope {
  readonly accessKeyId: string
  readonly region: string
  readonly signingName: string
  readonly sessionToken: string | undefined
}

/**
 * Reads the scope from the `Authorization` header, or from the query of a pre-signed URL. The signature itself is not
 * checked: the sandbox has no secrets. Undefined when the request is not signed.
 */
export const readScope = (
  headers: Readonly<Record<string, string | string[] | undefined>>,
  query: URLSearchParams,
): Scope | undefined => {
  const header = String(headers.authorization ?? '')
  const credential = /Credential=([^,\s]+)/.exec(header)?.[1] ?? query.get('X-Amz-Credential')
  if (!credential) return undefined
  const [accessKeyId, , region, signingName] = credential.split('/')
  if (!accessKeyId || !region || !signingName) return undefined
  const token = headers['x-amz-security-token'] ?? query.get('X-Amz-Security-Token') ?? undefined
  return { accessKeyId, region, signingName, sessionToken: token === undefined ? undefined : String(token) }
}

const SERVICES: readonly ServiceName[] = [
  'sagemaker',
  's3',
  'ecr',
  'sts',
  'monitoring',
  'application-autoscaling',
  'servicequotas',
  'sns',
]

/** The service a request is for. The SageMaker runtime signs as `sagemaker` and is told apart by its path. */
export const serviceOf = (signingName: string, path: string): ServiceName | undefined => {
  if (signingName === 'sagemaker' && /^\/endpoints\/[^/]+\/(async-)?invocations/.test(path))
    return 'sagemaker-runtime'
  return SERVICES.find((service) => service === signingName)
}
