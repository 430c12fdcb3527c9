import type { Client } from '@temporalio/client'
import express, { type Express } from 'express'
import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { pinoHttp } from 'pino-http'
import { signMessage } from '../rollout/signature.ts'
import type { Notify } from '../worker/notify-file.ts'
import type { Tracing } from '../worker/tracing/start.ts'
import type { Auth } from './auth/authenticate.ts'
import { createSignIn } from './auth/sign-in.ts'
import { defaultDeadlines, type ApiContext, type Deadlines } from './context.ts'
import { compressJson } from './compress.ts'
import { createListWatcher } from './events/list-watcher.ts'
import { createStreams } from './events/stream.ts'
import { createWatchers } from './events/watcher.ts'
import { limitAddresses, limitCredentials, limitFailures } from './limits.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { answerProblems, identify, noSuchPath, onlyMethods } from './middleware.ts'
import { secureHeaders } from './secure-headers.ts'
import { allowTemporalUi, codecRoutes } from './routes/codec.ts'
import { publicRoutes } from './routes/operations.ts'
import { notificationRoutes } from './routes/notifications.ts'
import { planRoutes } from './routes/plans.ts'
import { rolloutRoutes } from './routes/rollouts.ts'
import { targetRoutes } from './routes/targets.ts'
import { verbRoutes } from './routes/verbs.ts'
import { meRoutes } from './routes/me.ts'
import { webRoutes } from './routes/web.ts'
import { createAlarmReader } from './temporal/read-alarms.ts'
import { lookAtList } from './temporal/look-at-list.ts'
import { createSlackDesk, type SlackDesk } from './slack/desk.ts'
import { lookAt } from './temporal/read-rollout.ts'
import { traceRequests } from './trace-requests.ts'
import { readWebFiles } from './web/files.ts'

export interface ApiOptions {
  readonly client: Client
  readonly taskQueue: string
  readonly auth: Auth
  /** Shared with the worker, which believes what it signed. Without one rollouts can only be paused and aborted. */
  readonly signingKey?: string
  readonly logger: Logger
  /** Where notices go; without it rollouts are started that tell nobody. */
  readonly notify?: Notify | undefined
  /** The client's interceptors are of the same. */
  readonly tracing?: Tracing | undefined
  readonly temporalUiUrl?: string
  readonly deadlines?: Partial<Deadlines>
  /** Requests a minute from one address; half as many of one credential. */
  readonly requestsPerMinute?: number
  /** Wrong credentials a minute from one address, before it is not listened to for the rest of that minute. */
  readonly failuresPerMinute?: number
  readonly bodyBytes?: number
  /** Number of proxies in front whose `X-Forwarded-For` is believed. */
  readonly trustedProxies?: number
}

export interface Api {
  readonly app: Express
  /** Ends the open event streams, telling their clients when to come back. */
  endStreams(): void
  /** Until what was acknowledged to Slack is done. */
  settled(): Promise<void>
}

/** The whole HTTP API over a Temporal client. It keeps nothing: any number of them may run side by side. */
export function createApi(options: ApiOptions): Api {
  const { auth, logger, bodyBytes = 1024 * 1024, trustedProxies = 0 } = options
  const { requestsPerMinute = 1_200, failuresPerMinute = 30 } = options
  const context = createContext(options)
  const watchers = createWatchers({ look: (id, before) => lookAt(context, id, before) })
  const listWatcher = createListWatcher({ look: () => lookAtList(context) })
  const streams = createStreams()
  const metrics = createMetrics(context, streams)

  const slack = slackDesk(options, context, metrics)

  const app = express()
  app.disable('x-powered-by').set('trust proxy', trustedProxies).set('query parser', 'simple')
  app.use(logRequests(logger), metrics.measure, secureHeaders(), compressJson)
  if (options.tracing) app.use(traceRequests(options.tracing))
  app.use(allowTemporalUi(options.temporalUiUrl))
  app.use(publicRoutes(context))
  if (slack) app.use(slack.router)
  app.use(webRoutes(readWebFiles(), createSignIn(auth)))
  app.use(limitAddresses(requestsPerMinute), limitFailures(failuresPerMinute, identify(auth)))
  app.use(limitCredentials(Math.ceil(requestsPerMinute / 2)))
  app.route('/metrics').get(metrics.answer).all(onlyMethods('GET'))
  app.use(planRoutes(context, bodyBytes))
  app.use(verbRoutes(context, metrics))
  app.use(notificationRoutes(context))
  app.use(rolloutRoutes(context, { streams, watchers, listWatcher }, bodyBytes))
  app.use(targetRoutes(context))
  app.use(meRoutes())
  app.use(codecRoutes(context))
  app.use(noSuchPath, answerProblems(logger))
  return {
    app,
    endStreams() {
      streams.close()
      watchers.close()
      listWatcher.close()
    },
    settled: async () => slack?.settled(),
  }
}

function slackDesk(
  { notify, logger }: ApiOptions,
  context: ApiContext,
  metrics: Metrics,
): SlackDesk | undefined {
  const app = notify?.settings.slack
  return notify && app ? createSlackDesk(context, { notify, app, metrics, logger }) : undefined
}

function createContext({
  client,
  taskQueue,
  signingKey,
  notify,
  temporalUiUrl,
  deadlines,
}: ApiOptions): ApiContext {
  const temporal = { client, deadlines: { ...defaultDeadlines, ...deadlines } }
  return {
    ...temporal,
    taskQueue,
    heralds: notify !== undefined,
    readAlarms: createAlarmReader(temporal),
    sign: (rolloutId, message) =>
      signingKey === undefined ? message : signMessage(signingKey, rolloutId, message),
    ...(temporalUiUrl === undefined ? {} : { temporalUiUrl: temporalUiUrl.replace(/\/+$/, '') }),
  }
}

function logRequests(logger: Logger) {
  return pinoHttp({
    logger,
    genReqId: (_request, response) => {
      const id = randomUUID()
      response.setHeader('X-Request-Id', id)
      return id
    },
    customLogLevel: (_request, response, error) =>
      error || response.statusCode >= 500 ? 'error' : response.statusCode >= 400 ? 'info' : 'debug',
    serializers: {
      // Without the query: people put tokens there.
      req: ({ id, method, url }: { id: string; method: string; url: string }) => ({
        id,
        method,
        url: url.split('?')[0],
      }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
  })
}
