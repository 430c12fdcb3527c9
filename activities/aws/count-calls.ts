/** One answered or failed attempt at AWS. */
export interface AwsCall {
  readonly service: string
  readonly operation: string
  readonly region: string
  /** The error's code; absent when it succeeded. */
  readonly code?: string
  readonly milliseconds: number
}

/** The little of an SDK client that the middleware needs; the clients' own types differ by service. */
interface Stacked {
  readonly middlewareStack: {
    add(middleware: never, options: { step: 'finalizeRequest'; name: string; priority: 'low' }): void
  }
}

type Next = (args: unknown) => Promise<unknown>

/** Tells `onCall` of every attempt, the SDK's own retries included; never throws into the call. */
export function countCalls(
  client: Stacked,
  service: string,
  region: string,
  onCall: (call: AwsCall) => void,
): void {
  const middleware = (next: Next, context: { readonly commandName?: string }) => async (args: unknown) => {
    const began = performance.now()
    const operation = (context.commandName ?? 'Unknown').replace(/Command$/, '')
    const tell = (code?: string) =>
      onCall({ service, operation, region, milliseconds: performance.now() - began, ...(code && { code }) })
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
    name: 'sluiceCount',
    priority: 'low',
  })
}
