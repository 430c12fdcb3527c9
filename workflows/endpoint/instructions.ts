import type { EndpointContext } from './context.ts'

/** The commands that a person runs when Sluice cannot put an endpoint back (or forward) by itself. */
export function instructionsFor(ctx: EndpointContext): readonly string[] {
  const { region, endpoint, role } = ctx.input.target
  const where = `--region ${region} --endpoint-name ${endpoint}`
  const as = role ? [`# with the credentials of ${role}`] : []
  const retry = `sluice retry ${ctx.input.rolloutId}`
  if (ctx.committed) {
    return [
      ...as,
      `aws sagemaker describe-endpoint ${where}`,
      `aws sagemaker update-endpoint ${where} --endpoint-config-name ${ctx.planned.names.finalConfig}`,
      retry,
    ]
  }
  if (!ctx.snapshot?.endpoint) {
    const created = ctx.touched && ctx.target?.action === 'create'
    const remove = created ? [`aws sagemaker delete-endpoint ${where}`] : []
    return [...as, `aws sagemaker describe-endpoint ${where}`, ...remove, retry]
  }
  const weights = ctx.snapshot.endpoint.variants.map(
    (variant) => `VariantName=${variant.name},DesiredWeight=${variant.desiredWeight}`,
  )
  if (ctx.target) weights.push(`VariantName=${ctx.target.names.candidateVariant},DesiredWeight=0`)
  const back = `aws sagemaker update-endpoint ${where} --endpoint-config-name ${ctx.snapshot.endpoint.configName}`
  return [
    ...as,
    `aws sagemaker describe-endpoint ${where}`,
    `aws sagemaker update-endpoint-weights-and-capacities ${where} --desired-weights-and-capacities ${weights.join(' ')}`,
    // It would start stable as something else, or not at all: what the message names must be put back instead.
    ...(ctx.stableInDoubt ? [] : [back]),
    retry,
  ]
}
