import { randomUUID } from 'node:crypto'
import { iamAction } from '../iam/actions.ts'
import { isDenied } from '../iam/roles.ts'
import { resolveCaller } from '../iam/sessions.ts'
import { readModel, type ServiceModel } from '../models/model.ts'
import { summarizeInput } from './calls.ts'
import { commonErrors, type CommonErrors, type Protocol } from './protocol.ts'
import { json } from './protocols/json.ts'
import { query } from './protocols/query.ts'
import { restJson } from './protocols/rest-json.ts'
import { restXml } from './protocols/rest-xml.ts'
import { readScope, serviceOf, type Scope } from './scope.ts'
import {
  AwsError,
  type Answer,
  type Call,
  type FaultScope,
  type RawRequest,
  type Service,
  type ServiceName,
} from './types.ts'
import { describeViolations, findViolations } from './validate.ts'
import type { SandboxWorld } from './world.ts'

const PROTOCOLS: Readonly<Record<ServiceName, Protocol>> = {
  sagemaker: json('1.1'),
  ecr: json('1.1'),
  'application-autoscaling': json('1.1'),
  servicequotas: json('1.1'),
  sns: query,
  monitoring: json('1.0', { queryCompatible: true }),
  sts: query,
  s3: restXml,
  'sagemaker-runtime': restJson,
}

/** What the server does with a call: answer it, cut the connection, or leave the client waiting. */
export type Outcome = Answer | 'reset' | 'hang'

const READS = /^(Describe|List|Get|Head|Batch(Get|Check|Describe))/

const nameOf = (input: Readonly<Record<string, unknown>>): string | undefined => {
  if (typeof input.Bucket === 'string')
    return typeof input.Key === 'string' ? `${input.Bucket}/${input.Key}` : input.Bucket
  const names = [
    'EndpointName',
    'EndpointConfigName',
    'ModelName',
    'ModelPackageGroupName',
    'ModelPackageName',
    'ModelPackageArn',
  ]
  const more = ['AlarmName', 'ResourceId', 'repositoryName', 'RoleArn', 'Name', 'ResourceArn']
  const key = [...names, ...more].find((name) => typeof input[name] === 'string')
  return key === undefined ? undefined : String(input[key])
}

const validate = (
  service: ServiceName,
  model: ServiceModel,
  operation: string,
  input: unknown,
  code: string,
) => {
  const shape = model.operations[operation]?.input
  const violations = shape ? findViolations(model, shape, input) : []
  if (violations.length === 0) return
  const first = violations[0]!
  throw service === 'ecr'
    ? new AwsError(
        code,
        `Invalid parameter at '${first.path}' failed to satisfy constraint: '${first.constraint}'`,
      )
    : new AwsError(code, describeViolations(violations))
}

const injected = (
  world: SandboxWorld,
  service: ServiceName,
  where: FaultScope,
  errors: CommonErrors,
  arn: string,
) => {
  const throttle = world.faults.take('throttle', where)
  if (throttle) {
    const [code, message, status] = errors.throttled
    return {
      fault: throttle,
      error: new AwsError(
        throttle.with.code ?? code,
        throttle.with.message ?? message,
        throttle.with.status ?? status,
      ),
    }
  }
  const internal = world.faults.take('internal-error', where)
  if (internal)
    return {
      fault: internal,
      error: new AwsError(errors.internal[0], errors.internal[1], internal.with.status ?? 500),
    }
  const denied = world.faults.take('access-denied', where)
  if (denied) return { fault: denied, error: denial(errors, arn, iamAction(service, where.operation ?? '')) }
  const fault = world.faults.take('error', where)
  if (!fault) return undefined
  const { code = 'InternalFailure', message = 'injected by the sandbox', status = 400, members } = fault.with
  return { fault, error: new AwsError(code, message, status, members) }
}

const denial = (errors: CommonErrors, arn: string, action: string) => {
  const [code, status] = errors.accessDenied
  return new AwsError(
    code,
    `User: ${arn} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`,
    status,
  )
}

const toAwsError = (error: unknown, errors: CommonErrors): AwsError => {
  if (error instanceof AwsError) return error
  process.stderr.write(`sandbox: ${error instanceof Error ? error.stack : String(error)}\n`)
  return new AwsError(errors.internal[0], error instanceof Error ? error.message : String(error), 500)
}

const pause = (ms: number) => (ms > 0 ? new Promise<void>((resolve) => setTimeout(resolve, ms)) : undefined)

const unsigned = (request: RawRequest): { service: ServiceName; scope: Scope | undefined } => {
  const target = String(request.headers['x-amz-target'] ?? '')
  return { service: target.startsWith('SageMaker.') ? 'sagemaker' : 's3', scope: undefined }
}

/**
 * One AWS request from bytes to answer: scope, protocol, credentials, faults, validation, operation. Every call is kept
 * in the world's record, refused ones included.
 */
export const handleAws = async (
  world: SandboxWorld,
  services: ReadonlyMap<ServiceName, Service>,
  request: RawRequest,
): Promise<Outcome> => {
  const scope = readScope(request.headers, request.query)
  const service = scope ? serviceOf(scope.signingName, request.path) : unsigned(request).service
  const requestId = randomUUID()
  if (!service) {
    return {
      status: 404,
      headers: {},
      body: `The sandbox does not serve what signs as '${scope?.signingName}'`,
    }
  }
  const model = readModel(service)
  const protocol = PROTOCOLS[service]
  const errors = commonErrors(service)
  const region = scope?.region ?? 'unknown'
  let operation = 'Unknown'
  let input: Record<string, unknown> = {}
  let arn = 'anonymous'
  let accountId = ''
  let faultId: string | undefined
  const record = (status: number, error?: string) =>
    world.calls.add({
      time: new Date(world.clock.now()).toISOString(),
      accountId,
      region,
      service,
      operation,
      principal: arn,
      summary: summarizeInput(input),
      status,
      requestId,
      ...(error && { error }),
      ...(faultId && { fault: faultId }),
    })

  try {
    if (!scope) throw new AwsError(...errors.missingToken)
    const caller = resolveCaller(world, scope, errors)
    arn = caller.principal.arn
    accountId = caller.principal.accountId
    const decoded = protocol.decode(model, request)
    operation = decoded.operation
    input = decoded.input
    const where: FaultScope = { service, operation, accountId, region, name: nameOf(input) }
    await pause(READS.test(operation) ? world.latency.readMs : world.latency.writeMs)
    const slow = world.faults.take('slow', where)
    faultId = slow?.id
    await pause(Number(slow?.with.ms ?? 0))
    const cut = world.faults.take('hang', where) ?? world.faults.take('reset', where)
    if (cut) {
      faultId = cut.id
      record(0, cut.kind)
      return cut.kind as 'hang' | 'reset'
    }
    const failure = injected(world, service, where, errors, arn)
    if (failure) {
      faultId = failure.fault.id
      throw failure.error
    }
    const action = iamAction(service, operation)
    if (isDenied(caller.denies, action)) throw denial(errors, arn, action)
    validate(service, model, operation, input, errors.invalidInput)
    const act = services.get(service)?.operations[operation]
    if (!act)
      throw new AwsError(
        'UnknownOperationException',
        `The sandbox does not serve ${service} ${operation}`,
        404,
      )
    const call: Call = {
      world,
      service,
      operation,
      principal: caller.principal,
      accountId,
      region,
      requestId,
      http: request,
    }
    const output = ((await act(call, input)) ?? {}) as Record<string, unknown>
    const lost = world.faults.take('lose-answer', where)
    if (lost) {
      faultId = lost.id
      if (lost.with.as === 'error') throw new AwsError(errors.internal[0], errors.internal[1], 500)
      record(0, 'lose-answer')
      return 'reset'
    }
    const answer = protocol.encode(model, operation, output, requestId)
    record(answer.status)
    return answer
  } catch (error) {
    const known = toAwsError(error, errors)
    const answer = protocol.encodeError(model, known, requestId, request)
    record(answer.status, known.code)
    return answer
  }
}
