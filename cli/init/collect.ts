import { parseDocument } from '../../rollout/document/parse.ts'
import type { Starter } from '../../rollout/document/starter.ts'
import { writeStarter } from '../../rollout/document/starter.ts'
import { exitCodes } from '../../rollout/outcome.ts'
import { CliFailure } from '../failure.ts'
import type { Questions } from './questions.ts'
import type { ServingEndpoint } from './read-endpoint.ts'

/** What the command line says already. */
export interface InitOptions {
  readonly name?: string
  readonly package?: string
  readonly endpoint?: string
  readonly target: readonly string[]
  readonly approver: readonly string[]
  readonly percent?: string
  readonly bake?: string
  readonly instanceType?: string
  readonly instanceCount?: string
  readonly executionRole?: string
}

/**
 * Completes what is known by questions. Every answer is judged by the parser of documents itself, so that what is written
 * passes it.
 * @throws CliFailure naming every option that is missing where nobody can be asked
 */
export async function collect(
  options: InitOptions,
  serving: ServingEndpoint | undefined,
  questions: Questions | undefined,
): Promise<Starter> {
  const missing: string[] = []
  const get = async (
    option: string,
    given: string | undefined,
    question: string,
    suggested: string,
    path: RegExp,
    fit: (answer: string) => Partial<Starter>,
  ): Promise<string> => {
    const refuse = (answer: string): string | undefined => problemWith({ ...example, ...fit(answer) }, path)
    if (given !== undefined) {
      const reason = refuse(given)
      if (reason !== undefined) throw new CliFailure(exitCodes.usage, `--${option} ${given}: ${reason}`)
      return given
    }
    if (questions) return questions.ask(question, suggested, refuse)
    if (suggested !== '' && refuse(suggested) === undefined) return suggested
    missing.push(`--${option}`)
    return ''
  }

  const packageArn = await get(
    'package',
    options.package ?? (questions ? undefined : serving?.package),
    'ARN of the model package version',
    serving?.package ?? '',
    /^model\.package/,
    (answer) => ({ package: answer }),
  )
  const endpoint = await get(
    'endpoint',
    options.endpoint ?? serving?.name,
    'Name of the endpoint',
    groupOf(packageArn),
    /^endpoint\.name/,
    (answer) => ({ endpoint: answer }),
  )
  const name = await get(
    'name',
    options.name,
    'Name of the rollouts',
    documentName(endpoint),
    /^name/,
    (answer) => ({ name: answer }),
  )
  const here = serving ? `${serving.accountId}/${serving.region}` : placeOf(packageArn)
  const targets = await get(
    'target',
    options.target.length > 0 ? options.target.join(',') : undefined,
    'Where, as ACCOUNT/REGION, one after another, separated by commas',
    here,
    /^production\.waves|^accounts/,
    (answer) => ({ targets: readTargets(answer) }),
  )
  const approvers = await get(
    'approver',
    options.approver.length > 0 || !questions ? options.approver.join(',') : undefined,
    'People or groups who approve, separated by commas (empty: nobody is asked)',
    '',
    /^approval/,
    (answer) => ({ approvers: list(answer) }),
  )
  const percent = await get(
    'percent',
    options.percent,
    'Percent of the traffic that moves first',
    '10',
    /^production\.strategy/,
    (answer) => ({ percent: Number(answer) }),
  )
  const bake = await get(
    'bake',
    options.bake,
    'How long it is watched then',
    '15m',
    /^production\.strategy/,
    (answer) => ({ bake: answer }),
  )
  if (missing.length > 0)
    throw new CliFailure(exitCodes.usage, `Nobody can be asked here: give ${missing.join(', ')}.`, {
      cure: 'Or run `sluice init` in a terminal, or with --from-endpoint NAME.',
    })
  const { instanceType, instanceCount = '1', executionRole } = options
  return {
    name,
    package: packageArn,
    endpoint,
    targets: readTargets(targets),
    ...(instanceType !== undefined && executionRole !== undefined
      ? { create: { instanceType, instanceCount: Number(instanceCount), executionRole } }
      : {}),
    alarms: serving?.alarms ?? [],
    approvers: list(approvers),
    percent: Number(percent),
    bake,
  }
}

/** Sound in every part, so that only the answer that is laid over it can be wrong. */
const example: Starter = {
  name: 'x',
  package: 'arn:aws:sagemaker:eu-west-1:111111111111:model-package/x/1',
  endpoint: 'x',
  targets: [{ accountId: '111111111111', region: 'eu-west-1' }],
  alarms: [],
  approvers: [],
  percent: 10,
  bake: '15m',
}

function problemWith(starter: Starter, path: RegExp): string | undefined {
  const parsed = parseDocument(writeStarter(starter))
  if (parsed.ok) return undefined
  const own = parsed.problems.find((problem) => path.test(problem.path)) ?? parsed.problems[0]
  return own && `found ${own.found}; allowed: ${own.allowed}`
}

const list = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

function readTargets(text: string): Starter['targets'] {
  return list(text).map((place) => {
    const [accountId = '', region = ''] = place.split('/')
    return { accountId, region }
  })
}

function groupOf(packageArn: string): string {
  return packageArn.split('/')[1] ?? ''
}

function placeOf(packageArn: string): string {
  const [, , , region = '', accountId = ''] = packageArn.split(':')
  return accountId === '' ? '' : `${accountId}/${region}`
}

/** Names of endpoints may be longer and have capitals. */
function documentName(endpoint: string): string {
  return endpoint
    .toLowerCase()
    .slice(0, 30)
    .replace(/^-+|-+$/g, '')
}
