import { ErrorCode, WebClient, type SlackError, type WebAPIRateLimitedError } from '@slack/web-api'
import { silentLogger } from '../../rollout/notices/slack/silent-logger.ts'
import { isFailure, fail } from '../failure.ts'
import type { NoticeConfig } from './dependencies.ts'

const timeoutMs = 8_000

/** Slack's own client. Temporal owns the retries, and a rate limit is an answer like any other. */
export function createSlack({ settings, secret }: NoticeConfig): WebClient {
  const { slack } = settings
  if (!slack) throw fail('Refused', 'no Slack app is configured any more')
  return new WebClient(secret(slack.tokenFrom), {
    ...(slack.apiUrl === undefined ? {} : { slackApiUrl: slack.apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMs,
    logger: silentLogger,
  })
}

/**
 * Calls Slack. Everything that it says no to is tried again, because a channel, a scope or a token may be mended; a rate
 * limit says itself how long to wait.
 */
export async function ask<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (isFailure(error, 'Refused')) throw error
    const { code } = error as Partial<SlackError>
    if (code === ErrorCode.RateLimitedError) {
      const { retryAfter } = error as WebAPIRateLimitedError
      throw fail('Throttled', `Slack ${what}: too many requests; again in ${retryAfter} s`, {
        delay: retryAfter * 1_000,
      })
    }
    throw fail('Transient', `Slack ${what}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** What Slack said no to: `message_not_found`, `channel_not_found`, … */
export function slackErrorOf(error: unknown): string | undefined {
  const { code, data } = error as { code?: unknown; data?: { error?: unknown } }
  return code === ErrorCode.PlatformError && typeof data?.error === 'string' ? data.error : undefined
}
