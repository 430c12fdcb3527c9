import { faultKinds } from '../../sandbox/core/control.ts'
import { services } from '../../sandbox/services.ts'
import { renderRegions } from './region.ts'
import { table } from './table.ts'

/** The page of the sandbox, with every fault that can be armed. */
export function renderSandbox(): string {
  const faults = Object.entries(faultKinds(services)).map(([kind, { does, with: settings = '' }]) => [
    `\`${kind}\``,
    does,
    settings,
  ])
  return renderRegions('docs/sandbox.md', { faults: table(['Kind', 'What happens', '`with`'], faults) })
}
