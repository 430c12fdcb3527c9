import { readFileSync } from 'node:fs'
import type { ServiceName } from '../core/types.ts'

/** A reference from one shape to another, with how HTTP or XML carries it. */
export interface ShapeRef {
  readonly shape: string
  readonly location?: 'uri' | 'querystring' | 'header' | 'headers' | 'statusCode'
  readonly locationName?: string
  readonly flattened?: boolean
  readonly streaming?: boolean
  readonly timestampFormat?: string
  readonly idempotencyToken?: boolean
  readonly xmlNamespace?: { readonly uri: string; readonly prefix?: string }
  readonly xmlAttribute?: boolean
}

/** A shape of the service model with its constraints; `min` and `max` are lengths or values by type. */
export interface Shape {
  readonly type: string
  readonly required?: readonly string[]
  readonly members?: Readonly<Record<string, ShapeRef>>
  readonly member?: ShapeRef
  readonly key?: ShapeRef
  readonly value?: ShapeRef
  readonly min?: number
  readonly max?: number
  readonly pattern?: string
  readonly enum?: readonly string[]
  readonly union?: boolean
  readonly document?: boolean
  readonly payload?: string
  readonly flattened?: boolean
  readonly locationName?: string
  readonly timestampFormat?: string
}

/** One operation's HTTP binding; output shapes are kept only where XML or headers are written from them. */
export interface OperationModel {
  readonly method: string
  readonly uri: string
  readonly input?: string
  readonly inputElement?: string
  readonly output?: string
  readonly resultWrapper?: string
}

/** What `generate.py` keeps of a botocore service model. */
export interface ServiceModel {
  readonly protocol: string
  readonly apiVersion: string
  readonly target?: string
  readonly xmlNamespace?: string | { readonly uri: string }
  readonly operations: Readonly<Record<string, OperationModel>>
  readonly errors: Readonly<Record<string, { readonly code: string; readonly status: number }>>
  readonly shapes: Readonly<Record<string, Shape>>
}

const loaded = new Map<ServiceName, ServiceModel>()

/** The generated model of a service, read once. */
export const readModel = (service: ServiceName): ServiceModel => {
  const known = loaded.get(service)
  if (known) return known
  const file = new URL(`./generated/${service}.json`, import.meta.url)
  const model = JSON.parse(readFileSync(file, 'utf8')) as ServiceModel
  loaded.set(service, model)
  return model
}

/** Follows a reference; a name that the model does not have is a defect of the tables. */
export const shapeOf = (model: ServiceModel, name: string): Shape => {
  const shape = model.shapes[name]
  if (!shape)
    throw new Error(`the generated model has no shape ${name}; run python3 sandbox/models/generate.py`)
  return shape
}
