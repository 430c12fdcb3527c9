import { z } from 'zod'

const vector = z.array(z.number()).min(1)

/**
 * `model.json` in a model artifact: a linear model over the scaled features. One row of coefficients per answer; a
 * logistic regression with one row is binary and answers the probability of the second class.
 */
export const linearModelSchema = z
  .object({
    kind: z.enum(['logistic-regression', 'linear-regression']),
    features: z.array(z.string()).min(1),
    scaler: z.object({ mean: vector, scale: vector }).optional(),
    coefficients: z.array(vector).min(1),
    intercept: vector,
    classes: z.array(z.string()).optional(),
  })
  .superRefine((model, context) => {
    const width = model.features.length
    const wrong = (path: string, found: number, allowed: number) => {
      if (found !== allowed)
        context.addIssue({
          code: 'custom',
          path: [path],
          message: `has ${found} entries, the model needs ${allowed}`,
        })
    }
    model.coefficients.forEach((row) => wrong('coefficients', row.length, width))
    wrong('intercept', model.intercept.length, model.coefficients.length)
    if (model.scaler) {
      wrong('scaler.mean', model.scaler.mean.length, width)
      wrong('scaler.scale', model.scaler.scale.length, width)
    }
    if (model.classes) wrong('classes', model.classes.length, Math.max(2, model.coefficients.length))
  })

export type LinearModel = z.infer<typeof linearModelSchema>

/** A request that the model's container answers with an HTTP error of its own. */
export class RequestRefused extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** What the model says about one row: a probability or value per answer, one for a binary or single-valued model. */
export const predict = (model: LinearModel, row: readonly number[]): readonly number[] => {
  const { mean, scale } = model.scaler ?? {}
  const scaled = row.map((value, index) => (value - (mean?.[index] ?? 0)) / (scale?.[index] ?? 1))
  const scores = model.coefficients.map((coefficients, answer) =>
    coefficients.reduce(
      (score, coefficient, index) => score + coefficient * scaled[index]!,
      model.intercept[answer]!,
    ),
  )
  if (model.kind === 'linear-regression') return scores
  if (scores.length === 1) return [1 / (1 + Math.exp(-scores[0]!))]
  const highest = Math.max(...scores)
  const powers = scores.map((score) => Math.exp(score - highest))
  const total = powers.reduce((sum, power) => sum + power, 0)
  return powers.map((power) => power / total)
}

const numbersOf = (values: readonly unknown[], model: LinearModel, where: string): number[] => {
  const row = values.map((value) =>
    typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value),
  )
  if (row.length !== model.features.length) {
    throw new RequestRefused(
      400,
      `${where} has ${row.length} features, the model takes ${model.features.length}`,
    )
  }
  const bad = row.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0)
    throw new RequestRefused(400, `${where}: feature ${bad + 1} is not a number: ${String(values[bad])}`)
  return row
}

const rowsOfJson = (text: string): readonly unknown[][] => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new RequestRefused(400, 'the body is not JSON')
  }
  const list = Array.isArray(value) ? value : ((value as Record<string, unknown>)?.instances ?? [])
  if (!Array.isArray(list) || list.length === 0)
    throw new RequestRefused(400, 'expected {"instances": [[…], …]}')
  if (!Array.isArray(list[0]) && typeof list[0] !== 'object') return [list]
  return list.map((row) => (Array.isArray(row) ? row : ((row as { features?: unknown[] }).features ?? [])))
}

const round = (value: number) => Number(value.toFixed(6))

/** Answers one request: rows as `text/csv` or `application/json`, one prediction per row, six decimals. Throws `RequestRefused`. */
export const answerRows = (
  model: LinearModel,
  {
    body,
    contentType,
    accept,
  }: { readonly body: string; readonly contentType: string; readonly accept?: string },
): { readonly body: string; readonly contentType: string } => {
  const type = contentType.split(';')[0]!.trim().toLowerCase()
  if (type !== 'text/csv' && type !== 'application/json')
    throw new RequestRefused(415, `content type ${type} is not supported; use text/csv or application/json`)
  const raw =
    type === 'text/csv'
      ? body
          .split(/\r?\n/)
          .filter((line) => line.trim() !== '')
          .map((line) => line.split(','))
      : rowsOfJson(body)
  if (raw.length === 0) throw new RequestRefused(400, 'the body has no rows')
  const answers = raw.map((row, index) => predict(model, numbersOf(row, model, `row ${index + 1}`)))
  const wanted = accept && accept !== '*/*' ? accept.split(';')[0]!.trim().toLowerCase() : type
  if (wanted === 'text/csv') {
    return {
      contentType: 'text/csv',
      body: answers.map((answer) => answer.map((value) => value.toFixed(6)).join(',')).join('\n'),
    }
  }
  if (wanted !== 'application/json')
    throw new RequestRefused(406, `cannot answer ${wanted}; accept text/csv or application/json`)
  const predictions = answers.map((answer) => {
    const label =
      model.classes?.[answer.length === 1 ? Number(answer[0]! >= 0.5) : answer.indexOf(Math.max(...answer))]
    const scores = answer.map(round)
    return {
      ...(scores.length === 1 ? { score: scores[0] } : { scores }),
      ...(model.kind === 'logistic-regression' && label ? { label } : {}),
    }
  })
  return { contentType: 'application/json', body: JSON.stringify({ predictions }) }
}
