import { AwsError } from '../core/types.ts'
import type { Endpoint, SageMakerState } from './state.ts'

/** A request that SageMaker refuses; the message is SageMaker's own where it is known. */
export const invalid = (message: string): AwsError => new AwsError('ValidationException', message)

/** An ARN of this service; SageMaker writes the names of models, configs and endpoints in lower case there. */
export const arnOf = (
  { accountId, region }: SageMakerState,
  kind: 'model' | 'endpoint-config' | 'endpoint',
  name: string,
): string => `arn:aws:sagemaker:${region}:${accountId}:${kind}/${name.toLowerCase()}`

const WORDS = { model: 'model', 'endpoint-config': 'endpoint configuration', endpoint: 'endpoint' } as const

export const couldNotFind = (state: SageMakerState, kind: keyof typeof WORDS, name: string): AwsError =>
  invalid(`Could not find ${WORDS[kind]} "${arnOf(state, kind, name)}".`)

export const alreadyExists = (state: SageMakerState, kind: keyof typeof WORDS, name: string): AwsError =>
  invalid(`Cannot create already existing ${WORDS[kind]} "${arnOf(state, kind, name)}".`)

/** Looks a resource up without regard to case, as SageMaker does when it creates one. */
export const sameName = <T>(items: ReadonlyMap<string, T>, name: string): T | undefined =>
  [...items].find(([other]) => other.toLowerCase() === name.toLowerCase())?.[1]

/** The parts of an ARN, or undefined for what is none. */
export const parseArn = (arn: string) => {
  const [, service, region, accountId, resource] =
    /^arn:aws[a-z-]*:([^:]+):([^:]*):(\d*):(.+)$/.exec(arn) ?? []
  return service === undefined || resource === undefined
    ? undefined
    : { service, region: region!, accountId: accountId!, resource }
}

/** Throws `Could not find endpoint …`. */
export const findEndpoint = (state: SageMakerState, name: string): Endpoint => {
  const endpoint = state.endpoints.get(name)
  if (!endpoint) throw couldNotFind(state, 'endpoint', name)
  return endpoint
}
