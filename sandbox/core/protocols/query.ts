import { shapeOf, type ServiceModel } from '../../models/model.ts'
import type { Protocol } from '../protocol.ts'
import { AwsError } from '../types.ts'
import { escapeXml, writeStructure } from './xml.ts'

const readValue = (
  model: ServiceModel,
  shapeName: string,
  form: URLSearchParams,
  prefix: string,
): unknown => {
  const shape = shapeOf(model, shapeName)
  if (shape.type === 'structure') {
    const members = Object.entries(shape.members ?? {})
      .map(
        ([name, ref]) =>
          [name, readValue(model, ref.shape, form, prefix ? `${prefix}.${name}` : name)] as const,
      )
      .filter(([, value]) => value !== undefined)
    return members.length > 0 || prefix === '' ? Object.fromEntries(members) : undefined
  }
  if (shape.type === 'list') {
    const items: unknown[] = []
    for (;;) {
      const item = readValue(model, shape.member!.shape, form, `${prefix}.member.${items.length + 1}`)
      if (item === undefined) return items.length > 0 ? items : undefined
      items.push(item)
    }
  }
  if (shape.type === 'map') {
    const entries: Record<string, unknown> = {}
    const { key, value } = shape
    for (let index = 1; ; index++) {
      const at = `${prefix}.entry.${index}`
      const name = form.get(`${at}.${key?.locationName ?? 'key'}`)
      if (name === null) return index > 1 ? entries : undefined
      entries[name] = readValue(model, value!.shape, form, `${at}.${value?.locationName ?? 'value'}`)
    }
  }
  const text = form.get(prefix)
  if (text === null) return undefined
  if (shape.type === 'integer' || shape.type === 'long' || shape.type === 'double') return Number(text)
  if (shape.type === 'boolean') return text === 'true'
  return text
}

/** AwsQuery: form in, XML out (STS, SNS). */
export const query: Protocol = {
  decode(model, request) {
    const form = new URLSearchParams(request.body.toString('utf8'))
    const operation = form.get('Action') ?? ''
    const entry = model.operations[operation]
    if (!entry)
      throw new AwsError(
        'InvalidAction',
        `Could not find operation ${operation} for version ${form.get('Version')}`,
      )
    const input = entry.input ? (readValue(model, entry.input, form, '') as Record<string, unknown>) : {}
    const known = entry.input ? Object.keys(shapeOf(model, entry.input).members ?? {}) : []
    for (const key of form.keys()) {
      const name = key.split('.')[0]!
      if (name !== 'Action' && name !== 'Version' && !known.includes(name)) input[name] = form.get(key)
    }
    return { operation, input }
  },
  encode(model, operation, output, requestId) {
    const entry = model.operations[operation]!
    const namespace = typeof model.xmlNamespace === 'string' ? model.xmlNamespace : model.xmlNamespace?.uri
    const result = entry.output ? writeStructure(model, entry.output, output) : ''
    const wrapper = entry.resultWrapper ?? `${operation}Result`
    return {
      status: 200,
      headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
      body:
        `<${operation}Response xmlns="${namespace}"><${wrapper}>${result}</${wrapper}>` +
        `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`,
    }
  },
  encodeError: (model, error, requestId) => ({
    status: error.status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body:
      `<ErrorResponse xmlns="${String(model.xmlNamespace)}"><Error><Type>${error.status >= 500 ? 'Receiver' : 'Sender'}</Type>` +
      `<Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message></Error>` +
      `<RequestId>${requestId}</RequestId></ErrorResponse>`,
  }),
}
