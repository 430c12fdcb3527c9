import { shapeOf, type ServiceModel, type Shape, type ShapeRef } from '../../models/model.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
}

/** Text that may stand inside an element or an attribute. */
export const escapeXml = (text: string): string => text.replace(/[&<>"\r]/g, (found) => ESCAPES[found]!)

const writeScalar = (shape: Shape, value: unknown): string => {
  if (value instanceof Date) return value.toISOString()
  if (Buffer.isBuffer(value)) return value.toString('base64')
  if (shape.type === 'timestamp') return new Date(value as string | number).toISOString()
  return escapeXml(String(value))
}

const writeMember = (model: ServiceModel, name: string, ref: ShapeRef, value: unknown): string => {
  const shape = shapeOf(model, ref.shape)
  if (shape.type === 'list') {
    const items = value as unknown[]
    const item = shape.member!
    if (ref.flattened || shape.flattened)
      return items.map((one) => writeMember(model, name, item, one)).join('')
    return `<${name}>${items.map((one) => writeMember(model, item.locationName ?? 'member', item, one)).join('')}</${name}>`
  }
  if (shape.type === 'structure') {
    return `<${name}>${writeStructure(model, ref.shape, value as Record<string, unknown>)}</${name}>`
  }
  return `<${name}>${writeScalar(shape, value)}</${name}>`
}

/** The members of a structure as XML elements, by the service model; members bound to headers are left out. */
export const writeStructure = (
  model: ServiceModel,
  shapeName: string,
  value: Record<string, unknown>,
): string =>
  Object.entries(shapeOf(model, shapeName).members ?? {})
    .filter(([name, ref]) => value[name] !== undefined && value[name] !== null && !ref.location)
    .map(([name, ref]) => writeMember(model, ref.locationName ?? name, ref, value[name]))
    .join('')

/** A parsed XML element as the members of a structure, by the service model. */
export const readStructure = (
  model: ServiceModel,
  shapeName: string,
  element: Readonly<Record<string, unknown>>,
): Record<string, unknown> => {
  const read = (ref: ShapeRef, value: unknown): unknown => {
    const shape = shapeOf(model, ref.shape)
    if (shape.type === 'structure')
      return readStructure(
        model,
        ref.shape,
        typeof value === 'object' ? (value as object as Record<string, unknown>) : {},
      )
    if (shape.type === 'list') {
      const flat = ref.flattened || shape.flattened
      const inner = flat
        ? value
        : (value as Record<string, unknown>)?.[shape.member!.locationName ?? 'member']
      if (inner === undefined) return []
      return (Array.isArray(inner) ? inner : [inner]).map((item) => read(shape.member!, item))
    }
    if (shape.type === 'integer' || shape.type === 'long') return Number(value)
    if (shape.type === 'boolean') return value === 'true'
    if (shape.type === 'timestamp') return new Date(String(value))
    return String(value)
  }
  const members = Object.entries(shapeOf(model, shapeName).members ?? {})
    .map(([name, ref]) => [name, ref, element[ref.locationName ?? name]] as const)
    .filter(([, , value]) => value !== undefined)
  return Object.fromEntries(members.map(([name, ref, value]) => [name, read(ref, value)]))
}
