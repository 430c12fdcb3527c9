import type { z } from 'zod'
import { apiVariables } from '../../api/config.ts'
import { workerVariables } from '../../worker/config.ts'
import { fieldsOf } from './fields.ts'

interface Variable {
  readonly name: string
  readonly readBy: string
  readonly means: string
  readonly allowed: string
  readonly default: string
}

/** Every variable of our own, from the schemas of worker and API and the list of what others read. */
export function renderVariables(): string {
  const worker = fieldsIn(workerVariables, 'worker')
  const api = fieldsIn(apiVariables, 'API')
  const shared = worker.filter(({ name }) => api.some((other) => other.name === name))
  const isShared = ({ name }: Variable): boolean => shared.some((one) => one.name === name)
  const all = [
    ...shared.map((one) => ({ ...one, readBy: 'worker, API' })),
    ...others.filter(({ readBy }) => readBy === 'worker, API'),
    ...worker.filter((one) => !isShared(one)),
    ...api.filter((one) => !isShared(one)),
    ...others.filter(({ readBy }) => readBy !== 'worker, API'),
  ]
  return `${[
    '# Every variable',
    'Read once at boot; an empty one counts as not set. Made from the schemas that check them: a wrong one ends the process with exit code 64 and [every problem at once](../troubleshooting.md#processes-that-do-not-start). What Temporal and AWS read beside these: [Operations](../operations.md#configuration).',
    ...all.map(render),
  ].join('\n\n')}\n`
}

function render({ name, readBy, means, allowed, default: standard }: Variable): string {
  const lines = [
    `- Read by: ${readBy}`,
    ...(allowed === '' ? [] : [`- Value: ${allowed}`]),
    `- Default: ${standard === '' ? 'none' : `\`${standard}\``}`,
  ]
  return `## ${name}\n\n${means.charAt(0).toUpperCase()}${means.slice(1)}.\n\n${lines.join('\n')}`
}

const fieldsIn = (schema: z.ZodType, readBy: string): readonly Variable[] =>
  fieldsOf(schema).map(({ path, means, allowed, default: standard = '' }) => ({
    name: path,
    readBy,
    means,
    allowed: allowed.join('; '),
    default: standard,
  }))

/** What no schema reads: keys, files and the variables of the other programs. */
const others: readonly Variable[] = [
  {
    name: 'SLUICE_PAYLOAD_KEY',
    readBy: 'worker, API',
    means:
      'encrypts what Temporal keeps; the same in all of them. Without it histories are readable in Temporal',
    allowed: '`<id>:<32 bytes in base64>`',
    default: '',
  },
  {
    name: 'SLUICE_PAYLOAD_OLD_KEYS',
    readBy: 'worker, API',
    means: 'keys that still decrypt, with commas between',
    allowed: 'as `SLUICE_PAYLOAD_KEY`, each with an id of its own',
    default: '',
  },
  {
    name: 'SLUICE_NOTIFY_FILE',
    readBy: 'worker, API',
    means:
      'the [notifications file](notifications.md), which says who is told what; the same in both. Without it nobody is told',
    allowed: 'a path',
    default: '',
  },
  {
    name: 'SLUICE_SERVER',
    readBy: 'command line',
    means: 'which API; `--server` goes before it',
    allowed: 'an http or https URL',
    default: 'http://127.0.0.1:8080',
  },
  {
    name: 'SLUICE_TOKEN',
    readBy: 'command line',
    means: 'as whom; `--token` goes before it',
    allowed: 'a token of `sluice token`, or of an issuer',
    default: '',
  },
  {
    name: 'SLUICE_RETENTION',
    readBy: '`infra/temporal/create-namespace.sh`',
    means: 'how long Temporal keeps ended rollouts; 90d in compose',
    allowed: 'a duration as Temporal writes it',
    default: '30d',
  },
  {
    name: 'SLUICE_CACHE_DIR',
    readBy: '`sluice up`, tests',
    means: 'where Temporal’s programs are kept',
    allowed: 'a path',
    default: '.cache/temporal',
  },
  {
    name: 'TEMPORAL_CLI_PATH',
    readBy: '`sluice up`, tests',
    means: 'Temporal’s CLI, if you have it already, instead of fetching it',
    allowed: 'a path',
    default: '',
  },
  {
    name: 'TEMPORAL_TEST_SERVER_PATH',
    readBy: 'tests',
    means: 'Temporal’s time-skipping server, instead of fetching it',
    allowed: 'a path',
    default: '',
  },
]
