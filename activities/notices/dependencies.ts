import type { Client } from '@temporalio/client'
import type { NotifySettings } from '../../rollout/notices/settings.ts'
import type { Aws } from '../aws/clients.ts'

/** Where notices go, and what is needed to send them; see `SLUICE_NOTIFY_FILE`. */
export interface NoticeConfig {
  readonly settings: NotifySettings
  /** The secret that an environment variable holds. */
  secret(variable: string): string
}

/** What the notice activities work with, made once by the worker. */
export interface NoticeDependencies {
  readonly temporal: Client
  readonly aws: Aws
  readonly clockRate: number
  /** Undefined: nothing is configured, so nothing is sent. */
  readonly notify: NoticeConfig | undefined
}
