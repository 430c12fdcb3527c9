import { InvokeEndpointCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime'
import { ApplicationFailure } from '@temporalio/common'
import { awsAnswer } from '../aws/predicates.ts'

/** One request to an endpoint. */
export interface Request {
  readonly endpoint: string
  readonly contentType: string
  readonly accept?: string | undefined
  readonly body: string
  /** Overrides the weights: also reaches a variant of weight 0. */
  readonly variant?: string | undefined
  /** For endpoints whose containers are invoked directly. */
  readonly container?: string | undefined
  /** Begins with `sluice-`, so that captured data tells our requests from users'. */
  readonly inferenceId: string
}

/** What came back. A failed request is an answer too; only what is our own fault (no permission, cancelled) is thrown. */
export interface Answer {
  readonly ok: boolean
  /** The container's own status where it answered; 0 when nothing did. */
  readonly status: number
  readonly body: string
  /** The variant that served it. */
  readonly variant?: string
  readonly error?: string
  /** As this client measured it. */
  readonly milliseconds: number
}

/** `sluice-<rollout>-<number>`, at most 64 characters. */
export function inferenceId(rolloutId: string, number: number | string): string {
  const end = `-${number}`
  return `sluice-${rolloutId}`.slice(0, 64 - end.length) + end
}

/** Sends one request; the bodies of answers are read as text. */
export async function invoke(runtime: SageMakerRuntimeClient, request: Request): Promise<Answer> {
  const began = performance.now()
  const since = () => performance.now() - began
  try {
    const answer = await runtime.send(
      new InvokeEndpointCommand({
        EndpointName: request.endpoint,
        ContentType: request.contentType,
        ...(request.accept && { Accept: request.accept }),
        Body: Buffer.from(request.body),
        InferenceId: request.inferenceId,
        ...(request.variant && { TargetVariant: request.variant }),
        ...(request.container && { TargetContainerHostname: request.container }),
      }),
    )
    const body = Buffer.from(answer.Body ?? []).toString('utf8')
    const { InvokedProductionVariant: variant } = answer
    return { ok: true, status: 200, body, milliseconds: since(), ...(variant && { variant }) }
  } catch (error) {
    if (!(error instanceof ApplicationFailure) || error.type === 'Denied') throw error
    const original = originalOf(error)
    const status = original?.OriginalStatusCode ?? awsAnswer(error)?.status ?? 0
    const message = original?.OriginalMessage ?? awsAnswer(error)?.message ?? error.message
    return { ok: false, status, body: original?.OriginalMessage ?? '', error: message, milliseconds: since() }
  }
}

/** The container's own answer behind a ModelError. */
function originalOf(error: unknown): { OriginalStatusCode?: number; OriginalMessage?: string } | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('OriginalStatusCode' in at) return at as { OriginalStatusCode?: number; OriginalMessage?: string }
  }
  return undefined
}
