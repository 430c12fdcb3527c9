import { z } from 'zod'
import { durationForm, parseDuration, writeDuration } from '../duration.ts'
import type { Milliseconds } from './types.ts'

/**
 * The kinds of field that a document is made of. The `error` of each is what the field allows, in words; the parser puts
 * path and found value before it. Patterns and limits come from the SageMaker service model.
 */
export function text(pattern: RegExp, allowed: string, limits: { min?: number; max?: number } = {}) {
  const error = allowed
  return z
    .string({ error })
    .min(limits.min ?? 1, { error })
    .max(limits.max ?? 1024, { error })
    .regex(pattern, { error })
}

export function whole(min: number, max: number) {
  const error = `a whole number from ${min} to ${max}`
  return z.int({ error }).min(min, { error }).max(max, { error })
}

export function number(min: number, max: number) {
  const error = `a number from ${min} to ${max}`
  return z.number({ error }).min(min, { error }).max(max, { error })
}

export const flag = () => z.boolean({ error: '`true` or `false`' })

export function choice<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: values.map((value) => `\`${value}\``).join(' or ') })
}

export function duration(min: Milliseconds, max: Milliseconds) {
  const error = `a duration from ${writeDuration(min)} to ${writeDuration(max)}, written as ${durationForm}`
  return z
    .string({ error })
    .regex(/^\d{1,9}(ms|s|m|h|d)$/, { error })
    .refine(
      (value) => {
        const milliseconds = parseDuration(value)
        return milliseconds !== null && milliseconds >= min && milliseconds <= max
      },
      { error },
    )
}

export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour

/** EndpointName, VariantName, ModelPackageGroupName. */
export const entityName = () =>
  text(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/, 'up to 63 letters, digits and inner hyphens', { max: 63 })

export const accountName = () =>
  text(/^[a-zA-Z][a-zA-Z0-9_-]*$/, 'the name of one of `accounts`', { max: 40 })

export const region = () =>
  text(/^[a-z]{2}(-[a-z]+){1,3}-\d{1,2}$/, 'an AWS Region such as `eu-west-1`', { max: 25 })

export const accountId = () => text(/^\d{12}$/, '12 digits in quotes: `"111111111111"`', { max: 12 })

export const roleArn = () =>
  text(
    /^arn:aws[a-z-]*:iam::(\d{12}|\{account\}):role\/[\w+=,.@/{}-]+$/,
    'the ARN of an IAM role: `arn:aws:iam::111111111111:role/name`',
    { max: 2048 },
  )

export const kmsKey = () =>
  text(
    /^arn:aws[a-z-]*:kms:[a-z0-9-{}]+:(\d{12}|\{account\}):(key|alias)\/[\w/:{}-]+$/,
    'the ARN of a KMS key or alias; `{region}` and `{account}` may stand in it',
    { max: 2048 },
  )

const bucket = '[a-z0-9{][a-z0-9.{}-]{1,80}[a-z0-9}]'

/** A bucket with a prefix below it; braces hold template variables. */
export const s3Prefix = (max = 512) =>
  text(new RegExp(`^s3://${bucket}(/[^\\s]*)?$`), 'an S3 location: `s3://bucket/prefix/`', { max })

export const s3Object = () =>
  text(new RegExp(`^s3://${bucket}/[^\\s]*[^/\\s]$`), 'an S3 object: `s3://bucket/key`')

export const contentType = () =>
  text(/^[\w.+-]+\/[\w.+-]+(\s*;.*)?$/, 'a content type such as `text/csv`', { max: 256 })

/** One printable line, as it stands in titles. */
export const oneLine = (max: number) =>
  text(/^\S(?:[^\p{Cc}\p{Zl}\p{Zp}]*\S)?$/u, `one line of 1 to ${max} characters`, { max })

/** Section of a document: unknown keys are errors. */
export function section<T extends z.core.$ZodLooseShape>(shape: T, what = 'a section with keys') {
  return z.strictObject(shape, { error: what })
}
