/** One attempt at AWS that is about to be sent. */
export interface AwsRequest {
  readonly service: string
  readonly operation: string
  readonly region: string
  /** Whose; absent for the worker's own calls of STS. */
  readonly accountId?: string
  /** From 1; the SDK's own retries of one call count on. */
  readonly attempt: number
}

/** One answered or failed attempt at AWS. */
export interface AwsCall extends AwsRequest {
  /** The error's code; absent when it succeeded. */
  readonly code?: string
  /** Of HTTP; absent when nothing answered. */
  readonly status?: number
  /** What AWS's support asks for; absent when nothing answered. */
  readonly requestId?: string
  readonly milliseconds: number
}

/** Who wants to know of every attempt, in the context of the activity that makes it. */
export interface CallObservers {
  readonly onRequest?: ((request: AwsRequest) => void) | undefined
  /** `request` is the very object that `onRequest` was told of. */
  readonly onCall?: ((call: AwsCall, request: AwsRequest) => void) | undefined
}

/** Tells all of them, one after another. */
export function joinObservers(...all: readonly (CallObservers | undefined)[]): CallObservers {
  return {
    onRequest: (request) => all.forEach((one) => one?.onRequest?.(request)),
    onCall: (call, request) => all.forEach((one) => one?.onCall?.(call, request)),
  }
}

/** The little of an SDK client that the middleware needs; the clients' own types differ by service. */
interface Stacked {
  readonly middlewareStack: {
    add(middleware: never, options: { step: 'finalizeRequest'; name: string; priority: 'low' }): void
  }
}

type Metadata = { readonly httpStatusCode?: number; readonly requestId?: string }
type Answer = { readonly output?: { readonly $metadata?: Metadata } }
type Next = (args: unknown) => Promise<Answer>

/** Tells the observers of every attempt of a client, the SDK's own retries included; never throws into the call. */
export function observeCalls(
  client: Stacked,
  where: Omit<AwsRequest, 'operation' | 'attempt'>,
  { onRequest, onCall }: CallObservers,
): void {
  const middleware = (next: Next, context: { readonly commandName?: string }) => {
    const operation = (context.commandName ?? 'Unknown').replace(/Command$/, '')
    let attempt = 0
    return async (args: unknown) => {
      const began = performance.now()
      const request = { ...where, operation, attempt: ++attempt }
      const tell = (metadata: Metadata | undefined, code?: string) =>
        onCall?.(
          {
            ...request,
            milliseconds: performance.now() - began,
            ...(metadata?.httpStatusCode && { status: metadata.httpStatusCode }),
            ...(metadata?.requestId && { requestId: metadata.requestId }),
            ...(code && { code }),
          },
          request,
        )
      onRequest?.(request)
      try {
        const answer = await next(args)
        tell(answer.output?.$metadata)
        return answer
      } catch (error) {
        tell((error as Answer['output'])?.$metadata, error instanceof Error ? error.name : 'Unknown')
        throw error
      }
    }
  }
  client.middlewareStack.add(middleware as never, {
    step: 'finalizeRequest',
    name: 'sluiceObserve',
    priority: 'low',
  })
}
