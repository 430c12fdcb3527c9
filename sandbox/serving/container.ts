import { ArtifactError, readModel, type ModelFiles } from './artifact.ts'
import { readBehaviour, type Behaviour } from './behaviour.ts'
import { answerRows, RequestRefused } from './linear-model.ts'
import { startCommand } from './local-command.ts'

/** One HTTP request to a container's `/invocations`. */
export interface ContainerRequest {
  readonly body: Buffer
  readonly contentType: string
  readonly accept?: string
  readonly customAttributes?: string
}

export interface ContainerAnswer {
  readonly status: number
  readonly body: Buffer
  readonly contentType: string
}

/** A container that passed its health check. */
export interface Container {
  readonly behaviour: Behaviour
  invoke(request: ContainerRequest): Promise<ContainerAnswer>
  stop(): void
}

/** A container that does not pass `/ping`; the message is for the sandbox's own record, SageMaker says only that it did not. */
export class NotHealthy extends Error {}

/**
 * Starts a container: a local command when its environment names one, else the built-in runtime for `model.json`. A
 * container without an artifact answers with what it was asked, as a pre-processing container might.
 *
 * Throws `NotHealthy`.
 */
export const startContainer = async (
  files: ModelFiles | undefined,
  environment: Readonly<Record<string, string>>,
): Promise<Container> => {
  try {
    const behaviour = readBehaviour(environment)
    if (behaviour.neverHealthy) throw new NotHealthy('SANDBOX_NEVER_HEALTHY')
    if (environment.SANDBOX_COMMAND)
      return {
        behaviour,
        ...(await startCommand(environment.SANDBOX_COMMAND, files ?? new Map(), environment)),
      }
    const model = files && readModel(files)
    if (files && !model)
      throw new NotHealthy('the artifact has no model.json and the container no SANDBOX_COMMAND')
    return {
      behaviour,
      stop: () => {},
      async invoke({ body, contentType, accept }) {
        if (!model) return { status: 200, body, contentType }
        try {
          const answer = answerRows(model, { body: body.toString('utf8'), contentType, accept })
          return { status: 200, body: Buffer.from(answer.body), contentType: answer.contentType }
        } catch (error) {
          if (!(error instanceof RequestRefused)) throw error
          return { status: error.status, body: Buffer.from(error.message), contentType: 'text/plain' }
        }
      },
    }
  } catch (error) {
    if (error instanceof NotHealthy) throw error
    if (error instanceof ArtifactError || error instanceof Error) throw new NotHealthy(error.message)
    throw error
  }
}
