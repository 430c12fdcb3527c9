import { isLoopback, type CrossCheck } from './environment.ts'

/** The same for the variable as it is written; one that is no rate has been found wrong already. */
export function checkClockRate(given: NodeJS.ProcessEnv): CrossCheck {
  const rate = Number(given.SLUICE_CLOCK_RATE ?? 1)
  const isRate = Number.isFinite(rate) && rate > 0
  return { name: 'SLUICE_CLOCK_RATE', message: isRate ? clockRateProblem(rate, given) : undefined }
}

/**
 * Why waits may not be divided by this rate, or undefined. Only a simulated AWS may run on scaled time: with the real
 * one, fifteen minutes of baking would be over in seconds. So every endpoint that the AWS SDK could use must be given,
 * and must be on loopback.
 */
function clockRateProblem(rate: number, env: NodeJS.ProcessEnv): string | undefined {
  if (rate === 1) return undefined
  const refused = (reason: string): string =>
    `must be 1 unless every AWS endpoint is on loopback, and ${reason}; unset it, or set AWS_ENDPOINT_URL to the sandbox`
  if (!env.AWS_ENDPOINT_URL) return refused('AWS_ENDPOINT_URL is not set')
  if (env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS?.toLowerCase() === 'true') {
    return refused('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS turns the endpoint variables off')
  }
  const outside = Object.entries(env).find(
    ([name, value]) =>
      /^AWS_ENDPOINT_URL(_|$)/.test(name) && value !== undefined && value !== '' && !isLoopbackUrl(value),
  )
  return outside && refused(`${outside[0]} is ${outside[1]}`)
}

function isLoopbackUrl(url: string): boolean {
  return URL.canParse(url) && isLoopback(new URL(url).hostname)
}
