/** The SDK's own words for the services, as they stand in `AWS_ENDPOINT_URL_<SERVICE>`. */
export type ServiceId =
  | 'SAGEMAKER'
  | 'SAGEMAKER_RUNTIME'
  | 'CLOUDWATCH'
  | 'S3'
  | 'ECR'
  | 'STS'
  | 'APPLICATION_AUTO_SCALING'
  | 'SERVICE_QUOTAS'
  | 'SNS'

/**
 * Where a service is, if the environment says so: `AWS_ENDPOINT_URL_<SERVICE>`, else `AWS_ENDPOINT_URL`, unless
 * `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` is true. The SDK reads the same variables by itself; they are read here too
 * because S3 needs path-style addresses wherever an endpoint is configured, and so that tests can pass an environment.
 */
export function configuredEndpoint(env: NodeJS.ProcessEnv, service: ServiceId): string | undefined {
  if (env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS?.toLowerCase() === 'true') return undefined
  return env[`AWS_ENDPOINT_URL_${service}`] || env.AWS_ENDPOINT_URL || undefined
}
