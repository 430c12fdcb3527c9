import { XMLParser } from 'fast-xml-parser'
import { shapeOf, type ServiceModel, type ShapeRef } from '../../models/model.ts'
import type { Protocol } from '../protocol.ts'
import { AwsError, type RawRequest } from '../types.ts'
import { decodeChunks } from './aws-chunked.ts'
import { routeS3 } from './s3-routes.ts'
import { escapeXml, readStructure, writeStructure } from './xml.ts'

const parser = new XMLParser({
  parseTagValue: false,
  trimValues: false,
  ignoreAttributes: true,
  htmlEntities: true,
})

const parseXml = (text: string): Record<string, unknown> => {
  try {
    const document = parser.parse(text, true) as Record<string, unknown>
    const root = Object.keys(document).find((name) => name !== '?xml')
    const value = root === undefined ? undefined : document[root]
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    throw new AwsError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    )
  }
}

const scalar = (model: ServiceModel, ref: ShapeRef, text: string): unknown => {
  const { type } = shapeOf(model, ref.shape)
  if (type === 'integer' || type === 'long') return Number(text)
  if (type === 'boolean') return text === 'true'
  if (type === 'timestamp') return new Date(text)
  return text
}

const readPrefixed = (headers: RawRequest['headers'], prefix: string) => {
  const found = Object.entries(headers).filter(([name]) => name.startsWith(prefix))
  return found.length === 0
    ? undefined
    : Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), String(value)]))
}

const readMember = (
  model: ServiceModel,
  name: string,
  ref: ShapeRef,
  request: RawRequest,
  labels: Record<string, string>,
) => {
  const wireName = ref.locationName ?? name
  switch (ref.location) {
    case 'uri':
      return labels[wireName]
    case 'querystring': {
      const text = request.query.get(wireName)
      return text === null ? undefined : scalar(model, ref, text)
    }
    case 'header': {
      const text = request.headers[wireName.toLowerCase()]
      if (text === undefined) return undefined
      // Lists travel in one header, parted by commas (x-amz-object-attributes).
      if (shapeOf(model, ref.shape).type === 'list')
        return String(text)
          .split(',')
          .map((item) => item.trim())
      return scalar(model, ref, String(text))
    }
    case 'headers':
      return readPrefixed(request.headers, wireName.toLowerCase())
    default:
      return undefined
  }
}

const decode = (model: ServiceModel, request: RawRequest) => {
  const { operation, labels } = routeS3(request)
  const entry = model.operations[operation]!
  const unwrapped = decodeChunks(request)
  const shape = entry.input ? shapeOf(model, entry.input) : undefined
  const input: Record<string, unknown> = {}
  for (const [name, ref] of Object.entries(shape?.members ?? {})) {
    const value = readMember(model, name, ref, unwrapped, labels)
    if (value !== undefined) input[name] = value
    if (shape?.payload !== name || unwrapped.body.length === 0) continue
    const structured = shapeOf(model, ref.shape).type === 'structure'
    input[name] = structured
      ? readStructure(model, ref.shape, parseXml(unwrapped.body.toString('utf8')))
      : unwrapped.body
  }
  return { operation, input }
}

const ROOTS: Readonly<Record<string, string>> = {
  ListObjectsV2: 'ListBucketResult',
  ListObjectVersions: 'ListVersionsResult',
  ListBuckets: 'ListAllMyBucketsResult',
  GetBucketVersioning: 'VersioningConfiguration',
  GetObjectTagging: 'Tagging',
  CreateMultipartUpload: 'InitiateMultipartUploadResult',
  GetObjectAttributes: 'GetObjectAttributesResponse',
  DeleteObjects: 'DeleteResult',
}

const XML = { 'content-type': 'application/xml' }
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'

const writeHeaders = (model: ServiceModel, outputShape: string, output: Record<string, unknown>) => {
  const headers: Record<string, string> = {}
  for (const [name, ref] of Object.entries(shapeOf(model, outputShape).members ?? {})) {
    const value = output[name]
    if (value === undefined || value === null) continue
    const wireName = ref.locationName ?? name
    if (ref.location === 'header')
      headers[wireName] = value instanceof Date ? value.toUTCString() : String(value)
    if (ref.location === 'headers') {
      for (const [key, inner] of Object.entries(value as Record<string, string>))
        headers[`${wireName}${key}`] = inner
    }
  }
  return headers
}

const writeBody = (
  model: ServiceModel,
  operation: string,
  outputShape: string,
  output: Record<string, unknown>,
) => {
  const shape = shapeOf(model, outputShape)
  if (operation === 'GetBucketLocation') {
    return `${HEAD}<LocationConstraint ${NAMESPACE}>${escapeXml(String(output.LocationConstraint ?? ''))}</LocationConstraint>`
  }
  if (shape.payload) {
    const ref = shape.members![shape.payload]!
    const value = output[shape.payload]
    if (shapeOf(model, ref.shape).type !== 'structure') return (value as Buffer | undefined) ?? ''
    const root = ref.locationName ?? ref.shape
    return `${HEAD}<${root} ${NAMESPACE}>${writeStructure(model, ref.shape, (value ?? {}) as Record<string, unknown>)}</${root}>`
  }
  const inBody = Object.values(shape.members ?? {}).some((ref) => !ref.location)
  if (!inBody) return ''
  const root = ROOTS[operation] ?? `${operation}Result`
  return `${HEAD}<${root} ${NAMESPACE}>${writeStructure(model, outputShape, output)}</${root}>`
}

/**
 * REST-XML, path style: S3. An output may carry `$status` and `$headers`; an error may carry `$headers` in its members.
 * Answers to HEAD have no body, so an error's code never reaches the client there.
 */
export const restXml: Protocol = {
  decode,
  encode(model, operation, output, requestId) {
    const { output: outputShape } = model.operations[operation]!
    const status = Number(
      output.$status ?? (operation.startsWith('Delete') || operation.startsWith('Abort') ? 204 : 200),
    )
    const extra = { 'x-amz-request-id': requestId, ...(output.$headers as object) }
    if (operation === 'DeleteObjects')
      return {
        status: 200,
        headers: { ...XML, ...extra },
        body: writeBody(model, operation, outputShape!, output),
      }
    if (!outputShape) return { status, headers: extra, body: '' }
    const headers = writeHeaders(model, outputShape, output)
    const body = writeBody(model, operation, outputShape, output)
    return {
      status,
      headers: { ...(typeof body === 'string' && body !== '' && XML), ...headers, ...extra },
      body,
    }
  },
  encodeError(_model, error, requestId, request) {
    const { $headers, ...members } = error.members as { $headers?: Record<string, string> }
    const more = Object.entries(members).map(
      ([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`,
    )
    return {
      status: error.status,
      headers: { ...XML, 'x-amz-request-id': requestId, ...$headers },
      body:
        `${HEAD}<Error><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>${more.join('')}` +
        `<Resource>${escapeXml(request.path)}</Resource><RequestId>${requestId}</RequestId></Error>`,
    }
  },
}
