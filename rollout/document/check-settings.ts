import type { LooseDocument, Check } from './check.ts'
import { targetsIn } from './check.ts'
import type { Path } from './problem.ts'

type Settings = NonNullable<LooseDocument['endpoint']>

const bytes = (text: string): number => new TextEncoder().encode(text).length

/** Limits of SageMaker that no single field shows: numbers of variables and tags, ARNs in another account or Region. */
export const checkSettings: Check = (document, report) => {
  const checkOne = (settings: Settings | undefined, path: Path): void => {
    const environment = Object.entries(settings?.environment ?? {})
    if (environment.length > 100)
      report([...path, 'environment'], 'at most 100 variables', `${environment.length} variables`)
    const size = environment.reduce((sum, [key, value]) => sum + bytes(key) + bytes(value ?? ''), 0)
    if (size > 32_768) report([...path, 'environment'], 'at most 32 KiB together', `${size} bytes`)
    for (const [key] of environment)
      if (key.length > 1024) report([...path, 'environment', key], 'a name of up to 1024 characters')
    const tags = Object.keys(settings?.tags ?? {})
    if (tags.length > 46)
      report([...path, 'tags'], 'at most 46 tags (50 with those of Sluice)', `${tags.length} tags`)
    if (
      settings?.kmsKeys?.capture !== undefined &&
      settings.dataCapture === undefined &&
      path[0] === 'endpoint'
    )
      report([...path, 'kmsKeys', 'capture'], 'a key for captured data only beside `dataCapture`')
    if (settings?.kmsKeys?.artifacts !== undefined && document.replicate?.artifacts === undefined)
      report(
        [...path, 'kmsKeys', 'artifacts'],
        'a key for copied artifacts only where `replicate.artifacts` copies some',
      )
  }
  checkOne(document.endpoint, ['endpoint'])

  for (const { target, path } of targetsIn(document)) {
    checkOne(target.endpoint, [...path, 'endpoint'])
    const id = document.accounts?.[target.account ?? '']?.id
    const own = target.endpoint
    const at = (key: keyof Settings): Path =>
      own?.[key] === undefined ? ['endpoint', key] : [...path, 'endpoint', key]
    const role = own?.executionRole ?? document.endpoint?.executionRole
    const roleAccount = /^arn:[^:]*:iam::(\d{12}):/.exec(role ?? '')?.[1]
    if (roleAccount && id && roleAccount !== id)
      report(
        at('executionRole'),
        `a role of the target’s own account (${id}): write \`{account}\` for it`,
        `a role of account ${roleAccount}`,
      )
    const keys = own?.kmsKeys ?? document.endpoint?.kmsKeys
    for (const [use, key] of Object.entries(keys ?? {})) {
      const keyRegion = /^arn:[^:]*:kms:([a-z0-9-]+):/.exec(key ?? '')?.[1]
      if (keyRegion && target.region && keyRegion !== target.region)
        report(
          [...at('kmsKeys'), use],
          `a key of the target’s own Region (${target.region}): write \`{region}\` for it`,
          `a key of ${keyRegion}`,
        )
    }
  }
}
