import { stringify } from 'yaml'

/** What a first document is written from. */
export interface Starter {
  readonly name: string
  /** ARN of one version of a model package. */
  readonly package: string
  readonly endpoint: string
  /** Where it is or will be, in the order of the waves: one wave each. */
  readonly targets: readonly { readonly accountId: string; readonly region: string }[]
  /** For an endpoint that does not exist yet; absent: everything is taken over from what serves there. */
  readonly create?: {
    readonly instanceType: string
    readonly instanceCount: number
    readonly executionRole: string
  }
  /** Alarms to watch; `pinned` ones look at another variant and are copied for the candidate. */
  readonly alarms: readonly { readonly name: string; readonly pinned: boolean }[]
  /** People or groups; empty: nobody is asked. */
  readonly approvers: readonly string[]
  /** Percent of the traffic that moves first. */
  readonly percent: number
  /** `15m` */
  readonly bake: string
}

/** A commented document to begin with; whoever reads it learns what may be changed. It always passes the parser. */
export function writeStarter(starter: Starter): string {
  const [, , , packageRegion = '', registry = ''] = starter.package.split(':')
  const accounts = [...new Set([registry, ...starter.targets.map(({ accountId }) => accountId)])]
  const nameOf = (id: string): string => accountName(accounts, registry, id)
  const travels = starter.targets.some(
    ({ accountId, region }) => accountId !== registry || region !== packageRegion,
  )
  return [
    '# yaml-language-server: $schema=docs/reference/rollout.schema.json',
    '# `sluice lint FILE` checks this document, `sluice plan FILE` shows what it would do, `sluice start FILE --watch` does it.',
    'apiVersion: sluice/v1',
    'kind: Rollout',
    `name: ${starter.name} # prefix of every AWS name that Sluice makes`,
    'model:',
    `  package: ${starter.package} # one version, never “latest”`,
    'accounts: # a role that the worker assumes may stand beside each id: role: arn:aws:iam::…:role/sluice-deploy',
    ...accounts.map((id) => `  ${nameOf(id)}: { id: "${id}" }`),
    ...(travels ? replicate : []),
    ...endpoint(starter),
    ...approval(starter.approvers),
    'production:',
    `  strategy: { canary: { percent: ${starter.percent}, bake: ${starter.bake} } } # or linear, allAtOnce, steps`,
    '  watch:',
    ...alarms(starter.alarms),
    '    minInvocations: 300 # fewer on the candidate during a bake prove nothing: then a person is asked',
    `  waves: # one after another; ${starter.targets.length > 1 ? 'targets of one wave shift at the same time' : 'add a Region as a wave of its own'}`,
    ...starter.targets.map(
      ({ accountId, region }) => `    - - { account: ${nameOf(accountId)}, region: ${region} }`,
    ),
    '  onFailure: rollback-all # one failure puts every Region back',
    '  keepPrevious: 1h # until then undo is instant',
    '',
  ].join('\n')
}

const replicate = [
  'replicate:',
  '  artifacts: s3://models-{account}-{region}/{group}/{version}/ # a bucket of yours in every target; must exist',
  '  images: copy # by digest, between ECR registries',
]

function accountName(accounts: readonly string[], registry: string, id: string): string {
  if (accounts.length === 1) return 'prod'
  if (id === registry) return 'registry'
  const others = accounts.filter((one) => one !== registry)
  return others.length === 1 ? 'prod' : `prod-${others.indexOf(id) + 1}`
}

function endpoint({ endpoint: name, create }: Starter): readonly string[] {
  if (!create)
    return ['endpoint: # only what is written here differs from what serves there now', `  name: ${name}`]
  return [
    'endpoint: # it does not exist yet, so all of this is needed',
    `  name: ${name}`,
    `  instanceType: ${create.instanceType}`,
    `  instanceCount: ${create.instanceCount}`,
    `  executionRole: ${create.executionRole}`,
  ]
}

function approval(from: readonly string[]): readonly string[] {
  if (from.length === 0)
    return [
      '# approval: { from: [ml-leads], required: 1, expiresAfter: 24h } # asks a person before production',
    ]
  return [`approval: { from: ${flow(from)}, required: 1, expiresAfter: 24h } # before production`]
}

function alarms(known: Starter['alarms']): readonly string[] {
  return [
    '    alarms: # in the target’s own account and Region',
    ...known.map(({ name, pinned }) =>
      pinned
        ? `      - { like: ${flow(name)} } # a copy that looks at the candidate`
        : `      - ${flow(name)}`,
    ),
    '      - { metric: Invocation5XXErrors, stat: Average, above: 0.01, breaches: 2 of 3 } # ours, for this rollout only',
  ]
}

/** A value as it may stand on one line. */
function flow(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd()
}
