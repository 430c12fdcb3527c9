/** One attempt at AWS that is about to be sent. */
export interface AwsRequest {
  readonly service: string
  readonly operation: string
  readonly region: string
  /** Whose; absent for the worker's own calls of STS. */
  readonly accountId?: string
}

/** One answered or failed attempt at AWS. */
export interface AwsCall extends AwsRequest {
  /** The error's code; absent when it succeeded. */
  readonly code?: string
  readonly milliseconds: number
}

/** Who wants to know of every attempt, in the context of the activity that makes it. */
export interface CallObservers {
  readonly onRequest?: ((request: AwsRequest) => void) | undefined
  /** `request` is the very object that `onRequest` was told of. */
  readonly onCall?: ((call: AwsCall, request: AwsRequest) => void) | undefined
}

/** The little of an SDK client that the middleware needs; the clients' own types differ by service. */
interface Stacked {
  readonly middlewareStack: {
    add(middleware: never, options: { step: 'finalizeRequest'; name: string; priority: 'low' }): void
  }
}

type Next = (args: unknown) => Promise<unknown>

/** Tells the observers of every attempt of a client, the SDK's own retries included; never throws into the call. */
export function observeCalls(
  client: Stacked,
  where: Omit<AwsRequest, 'operation'>,
  { onRequest, onCall }: CallObservers,
): void {
  const middleware = (next: Next, context: { readonly commandName?: string }) => async (args: unknown) => {
    const began = performance.now()
    const request = { ...where, operation: (context.commandName ?? 'Unknown').replace(/Command$/, '') }
    const tell = (code?: string) =>
      onCall?.({ ...request, milliseconds: performance.now() - began, ...(code && { code }) }, request)
    onRequest?.(request)
    try {
      const answer = await next(args)
      tell()
      return answer
    } catch (error) {
      tell(error instanceof Error ? error.name : 'Unknown')
      throw error
    }
  }
  client.middlewareStack.add(middleware as never, {
    step: 'finalizeRequest',
    name: 'sluiceObserve',
    priority: 'low',
  })
}
