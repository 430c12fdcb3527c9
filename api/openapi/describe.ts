import { z } from 'zod'
import { documentSchema } from '../../rollout/document/schema.ts'
import { problems, problemType, type ProblemName } from '../errors.ts'
import {
  acknowledgeBody,
  listQuery,
  planQuery,
  rolloutId,
  targetParams,
  verbBody,
} from '../routes/schemas.ts'
import { codecBody } from '../routes/codec.ts'
import * as answers from './answers.ts'
import { operations, type Operation } from './operations.ts'

type Json = Readonly<Record<string, unknown>>

const requests = {
  RolloutDocument: documentSchema,
  Decision: verbBody,
  Acknowledgement: acknowledgeBody,
  Payloads: codecBody,
}
const responses = {
  Plan: answers.plan,
  Started: answers.started,
  Rollout: answers.rollout,
  RolloutLine: answers.rolloutLine,
  RolloutPage: answers.rolloutPage,
  PlanOfRollout: answers.planAnswer,
  Answer: answers.verbAnswer,
  Acknowledged: answers.acknowledged,
  Notifications: answers.notifications,
  Target: answers.target,
  Me: answers.me,
  SignIn: answers.signIn,
  Problem: answers.problem,
}
const always = ['too-many-requests', 'temporal-unavailable', 'no-payload-key', 'internal'] as const
const guarded = ['unauthenticated', 'forbidden', 'foreign-origin', 'issuer-unavailable'] as const

/** The API as an OpenAPI 3.1 document, made of the schemas that check requests. */
export function describeApi(): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sluice',
      version: 'v1',
      description: 'Durable rollouts of machine-learning models to Amazon SageMaker endpoints.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths: describePaths(),
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description:
            'A token of the credentials file, or a JWT of one of its issuers. A server on loopback may answer without one.',
        },
      },
      schemas: { ...toSchemas(requests), ...toSchemas(responses) },
    },
  }
}

function describePaths(): Json {
  const paths: Record<string, Json> = {}
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describeOperation(operation) }
  }
  return paths
}

function describeOperation(operation: Operation): Json {
  const { id, summary, body, answer, alternative, open } = operation
  const parameters = describeParameters(operation)
  const answered = {
    [answer.status]: content(answer.description, answer.type ?? 'application/json', answer.schema),
    ...(alternative
      ? { [alternative.status]: content(alternative.description, 'application/json', alternative.schema) }
      : {}),
    ...describeProblems([...operation.problems, ...(open ? [] : guarded), ...(open ? [] : always)]),
  }
  return {
    operationId: id,
    summary,
    ...(open ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: describeBody(body) } : {}),
    responses: answered,
  }
}

function describeBody(body: NonNullable<Operation['body']>): Json {
  const types = body === 'RolloutDocument' ? ['application/json', 'application/yaml'] : ['application/json']
  return {
    required: body === 'RolloutDocument' || body === 'Payloads',
    content: Object.fromEntries(types.map((type) => [type, { schema: reference(body) }])),
  }
}

function describeParameters({ path, query, headers = [] }: Operation): readonly Json[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: toSchema(name === 'id' ? rolloutId : targetParams.shape[name as keyof typeof targetParams.shape]),
  }))
  const inQuery = query
    ? Object.entries((query === 'plan' ? planQuery : listQuery).shape).map(([name, schema]) => ({
        name,
        in: 'query',
        schema: toSchema(schema),
      }))
    : []
  const inHeaders = headers.map(({ name, description }) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  }))
  return [...inPath, ...inQuery, ...inHeaders]
}

/** One entry a status; several problems of one status stand together in its description. */
function describeProblems(names: readonly ProblemName[]): Json {
  const byStatus = new Map<number, string[]>()
  for (const name of new Set(names)) {
    const { status, title } = problems[name]
    byStatus.set(status, [...(byStatus.get(status) ?? []), `\`${problemType(name)}\`: ${title}`])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, texts]) => [
      status,
      content(texts.join('. '), 'application/problem+json', 'Problem'),
    ]),
  )
}

function content(description: string, type: string, schema?: string): Json {
  if (schema === undefined && type === 'application/json') return { description }
  return { description, content: { [type]: schema ? { schema: reference(schema) } : {} } }
}

function reference(name: string): Json {
  return { $ref: `#/components/schemas/${name}` }
}

function toSchemas(schemas: Readonly<Record<string, z.ZodType>>): Json {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, toSchema(schema)]))
}

/** As input: answers may grow members, so that none of their objects is closed. */
function toSchema(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    reused: 'inline',
  })
  return rest
}
