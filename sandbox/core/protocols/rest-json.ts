import { shapeOf, type ServiceModel } from '../../models/model.ts'
import type { Protocol } from '../protocol.ts'
import { AwsError, type RawRequest } from '../types.ts'
import { writeJson } from './json.ts'

const matchUri = (template: string, path: string): Record<string, string> | undefined => {
  const wanted = template.split('?')[0]!.split('/')
  const found = path.split('/')
  if (wanted.length !== found.length) return undefined
  const values: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const label = /^\{(\w+)\}$/.exec(part)?.[1]
    if (label) values[label] = decodeURIComponent(found[index]!)
    else if (part !== found[index]) return undefined
  }
  return values
}

const readMembers = (
  model: ServiceModel,
  shapeName: string,
  request: RawRequest,
  labels: Record<string, string>,
) => {
  const shape = shapeOf(model, shapeName)
  const input: Record<string, unknown> = {}
  for (const [name, ref] of Object.entries(shape.members ?? {})) {
    const wireName = ref.locationName ?? name
    if (ref.location === 'uri') input[name] = labels[wireName]
    else if (ref.location === 'header') {
      const text = request.headers[wireName.toLowerCase()]
      const type = shapeOf(model, ref.shape).type
      if (text !== undefined) input[name] = type === 'integer' ? Number(text) : String(text)
    } else if (shape.payload === name) input[name] = request.body
  }
  return input
}

/** REST-JSON with a raw payload: the SageMaker runtime. */
export const restJson: Protocol = {
  decode(model, request) {
    for (const [operation, entry] of Object.entries(model.operations)) {
      const labels = entry.method === request.method ? matchUri(entry.uri, request.path) : undefined
      if (labels) return { operation, input: readMembers(model, entry.input!, request, labels) }
    }
    throw new AwsError(
      'UnknownOperationException',
      `The sandbox does not serve ${request.method} ${request.path}`,
      404,
    )
  },
  encode(model, operation, output, requestId) {
    const entry = model.operations[operation]!
    const shape = shapeOf(model, entry.output!)
    const headers: Record<string, string> = { 'x-amzn-requestid': requestId }
    const rest: Record<string, unknown> = {}
    for (const [name, ref] of Object.entries(shape.members ?? {})) {
      const value = output[name]
      if (value === undefined || value === null || name === shape.payload) continue
      if (ref.location === 'header') headers[ref.locationName ?? name] = String(value)
      else rest[name] = value
    }
    const status = operation === 'InvokeEndpointAsync' ? 202 : 200
    if (shape.payload)
      return { status, headers, body: (output[shape.payload] as Buffer | string | undefined) ?? '' }
    return { status, headers: { 'content-type': 'application/json', ...headers }, body: writeJson(rest) }
  },
  encodeError: (model, error, requestId) => ({
    status: error.status === 400 ? (model.errors[error.code]?.status ?? 400) : error.status,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': requestId,
      'x-amzn-errortype': error.code,
    },
    body: writeJson({ message: error.message, Message: error.message, ...error.members }),
  }),
}
