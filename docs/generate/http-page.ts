import { describeApi } from '../../api/openapi/describe.ts'
import { table } from './table.ts'

interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly additionalProperties?: Schema | boolean
}

interface Operation {
  readonly summary: string
  readonly security?: readonly unknown[]
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly description?: string
    readonly schema: Schema
  }[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

/** Every request of the API and the members of every answer, from its OpenAPI description. */
export function renderHttp(): string {
  const { paths, components } = describeApi() as unknown as OpenApi
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => renderOperation(method, path, operation)),
  )
  const schemas = Object.entries(components.schemas).filter(([name]) => name !== 'RolloutDocument')
  return `${[
    '# Every request',
    'Made from the schemas that check requests and answers; the whole of it, for tools, is [`openapi.json`](openapi.json). [The HTTP API](../api.md) is the page to read first. What each error means and how it is cured: [Troubleshooting](../troubleshooting.md#answers-of-the-api).',
    '## Requests',
    ...operations,
    '## Bodies and answers',
    'Members of members are in `openapi.json`. A rollout document is described [on a page of its own](document.md).',
    ...schemas.map(([name, schema]) => renderSchema(name, schema)),
  ].join('\n\n')}\n`
}

function renderOperation(method: string, path: string, operation: Operation): string {
  const { summary, security, parameters = [], requestBody, responses } = operation
  const body = requestBody ? Object.values(requestBody.content)[0]?.schema : undefined
  return [
    `### ${method.toUpperCase()} ${path}`,
    summary,
    ...(security ? ['Answered without a credential.'] : []),
    ...(body ? [`Body: ${typeOf(body)}, as ${Object.keys(requestBody?.content ?? {}).join(' or ')}.`] : []),
    ...(parameters.length === 0
      ? []
      : [
          table(
            ['Parameter', 'In', 'Type', 'Means'],
            parameters.map(({ name, in: where, required, description, schema }) => [
              `\`${name}\``,
              where,
              typeOf(schema),
              `${required ? '**required**. ' : ''}${escapeHtml(description ?? schema.description ?? '')}`,
            ]),
          ),
        ]),
    table(
      ['Status', 'Answer'],
      Object.entries(responses).map(([status, { description, content }]) => {
        const schema = Object.values(content ?? {})[0]?.schema
        const type = schema?.$ref?.endsWith('/Problem') ? '' : schema ? ` (${typeOf(schema)})` : ''
        return [status, `${linked(status, description)}${type}`]
      }),
    ),
  ].join('\n\n')
}

const escapeHtml = (text: string): string => text.replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Problems lead to what each means. */
const linked = (status: string, text: string): string =>
  text.replaceAll(/`urn:sluice:problem:([a-z-]+)`/g, `[\`$1\`](../troubleshooting.md#${status}-$1)`)

function renderSchema(name: string, schema: Schema): string {
  const properties = membersOf(schema)
  return [
    `### ${name}`,
    ...(schema.description ? [schema.description] : []),
    properties.length === 0
      ? typeOf(schema)
      : table(
          ['Member', 'Type', 'Means'],
          properties.map(({ key, member, required }) => [
            `\`${key}\``,
            typeOf(member),
            `${required ? '' : 'may be missing. '}${escapeHtml(member.description ?? '')}`,
          ]),
        ),
  ].join('\n\n')
}

/** Of a schema, or of all its alternatives together. */
function membersOf({ properties, required = [], anyOf, oneOf }: Schema): readonly {
  readonly key: string
  readonly member: Schema
  readonly required: boolean
}[] {
  if (properties) {
    return Object.entries(properties).map(([key, member]) => ({
      key,
      member,
      required: required.includes(key),
    }))
  }
  const alternatives = (anyOf ?? oneOf ?? []).map(membersOf)
  const keys = new Set(alternatives.flat().map(({ key }) => key))
  return [...keys].map((key) => {
    const found = alternatives.flatMap((members) => members.filter((one) => one.key === key))
    return {
      key,
      member: found[0]?.member ?? {},
      required: found.length === alternatives.length && found.every((one) => one.required),
    }
  })
}

function typeOf({ $ref, type, items, anyOf, oneOf, enum: values, const: only }: Schema): string {
  if ($ref) {
    const name = $ref.split('/').at(-1) ?? ''
    return name === 'RolloutDocument' ? `[${name}](document.md)` : `[${name}](#${name.toLowerCase()})`
  }
  if (values) return values.map((value) => `\`${String(value)}\``).join(', ')
  if (only !== undefined) return `\`${JSON.stringify(only)}\``
  if (type === 'array' && items) return `list of ${typeOf(items)}`
  const alternatives = anyOf ?? oneOf
  if (alternatives) return [...new Set(alternatives.map(typeOf))].join(' or ')
  return typeof type === 'string' ? type : (type?.join(' or ') ?? 'anything')
}
