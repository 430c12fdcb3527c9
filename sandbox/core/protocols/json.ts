import type { Protocol } from '../protocol.ts'
import { AwsError } from '../types.ts'

/** `Date` as epoch seconds, `Buffer` as base64, as AwsJson wants them; `undefined` is left out. */
export const writeJson = (value: unknown): string => {
  const plain = (inner: unknown): unknown => {
    if (inner instanceof Date) return inner.getTime() / 1000
    if (Buffer.isBuffer(inner) || inner instanceof Uint8Array) return Buffer.from(inner).toString('base64')
    if (Array.isArray(inner)) return inner.map(plain)
    if (inner === null || typeof inner !== 'object') return inner
    return Object.fromEntries(Object.entries(inner).map(([key, member]) => [key, plain(member)]))
  }
  return JSON.stringify(plain(value))
}

const serialize = (message: string) => new AwsError('SerializationException', message)

/**
 * AwsJson1_1 and AwsJson1_0 (CloudWatch, in its query-compatible mode: the old error code travels in
 * `x-amzn-query-error`).
 */
export const json = (version: '1.0' | '1.1', { queryCompatible = false } = {}): Protocol => {
  const type = `application/x-amz-json-${version}`
  return {
    decode(model, request) {
      const target = String(request.headers['x-amz-target'] ?? '')
      const [prefix, operation] = target.split('.')
      if (prefix !== model.target || !operation || !model.operations[operation]) {
        throw new AwsError(
          'UnknownOperationException',
          `The sandbox does not serve ${target || 'a request without X-Amz-Target'}`,
        )
      }
      const text = request.body.toString('utf8')
      let input: unknown
      try {
        input = text === '' ? {} : JSON.parse(text)
      } catch {
        throw serialize('The request body is not JSON')
      }
      if (typeof input !== 'object' || input === null || Array.isArray(input))
        throw serialize('The request body must be a JSON object')
      return { operation, input: input as Record<string, unknown> }
    },
    encode: (_model, _operation, output, requestId) => ({
      status: 200,
      headers: { 'content-type': type, 'x-amzn-requestid': requestId },
      body: writeJson(output),
    }),
    encodeError(model, error, requestId) {
      const shape = Object.keys(model.errors).find(
        (name) => name === error.code || model.errors[name]?.code === error.code,
      )
      const known = shape === undefined ? undefined : model.errors[shape]
      const code = known?.code ?? error.code
      const status = error.status === 400 && known ? known.status : error.status
      const fault = status >= 500 ? 'Receiver' : 'Sender'
      return {
        status,
        headers: {
          'content-type': type,
          'x-amzn-requestid': requestId,
          ...(queryCompatible && { 'x-amzn-query-error': `${code};${fault}` }),
        },
        body: writeJson({ __type: shape ?? error.code, message: error.message, ...error.members }),
      }
    },
  }
}
