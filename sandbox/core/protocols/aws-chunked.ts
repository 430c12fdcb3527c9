import { AwsError, type RawRequest } from '../types.ts'

const incomplete = () => new AwsError('IncompleteBody', 'The request body terminated unexpectedly')

/**
 * Takes `aws-chunked` framing off an upload: `<hex length>[;chunk-signature=…]\r\n<bytes>\r\n … 0\r\n<trailers>\r\n`.
 * Trailers (the checksum of a streamed body) become headers; other requests pass unchanged.
 */
export const decodeChunks = (request: RawRequest): RawRequest => {
  const encoding = String(request.headers['content-encoding'] ?? '')
  const streaming = String(request.headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-')
  if (!streaming && !encoding.includes('aws-chunked')) return request
  const chunks: Buffer[] = []
  const headers: Record<string, string | string[] | undefined> = { ...request.headers }
  const { body } = request
  let at = 0
  const line = () => {
    const end = body.indexOf('\r\n', at)
    if (end < 0) throw incomplete()
    const text = body.toString('latin1', at, end)
    at = end + 2
    return text
  }
  for (;;) {
    const size = Number.parseInt(line().split(';')[0]!, 16)
    if (Number.isNaN(size) || at + size > body.length) throw incomplete()
    if (size === 0) break
    chunks.push(body.subarray(at, at + size))
    at += size + 2
  }
  while (at < body.length) {
    const text = line()
    const colon = text.indexOf(':')
    if (colon > 0) headers[text.slice(0, colon).trim().toLowerCase()] = text.slice(colon + 1).trim()
  }
  const rest = encoding
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'aws-chunked')
  headers['content-encoding'] = rest.length > 0 ? rest.join(',') : undefined
  return { ...request, headers, body: Buffer.concat(chunks) }
}
