import { parseArgs } from 'node:util'
import { describeMachine } from './support/machine.ts'
import { keepFindings, renderFindings, type Bench } from './support/report.ts'
import { copy } from './copy/index.ts'
import { fleet } from './fleet/index.ts'
import { history } from './history.ts'
import { overhead } from './overhead/index.ts'
import { pages } from './pages.ts'
import { rollback } from './rollback.ts'
import { targets } from './targets.ts'
import { web } from './web/index.ts'

/** Every bench by its name. */
const benches: Readonly<Record<string, Bench>> = {
  history,
  targets,
  overhead,
  rollback,
  fleet,
  copy,
  pages,
  web,
}

const usage = `usage: npm run bench -- NAME [--quick] [--size N]…      NAME is one of ${Object.keys(benches).join(', ')}`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, size: { type: 'string', multiple: true } },
})
const [name = ''] = positionals
const bench = benches[name]
if (!bench) {
  process.stderr.write(`${usage}\n`)
  process.exit(64)
}
const say = (line: string): void => void process.stderr.write(`${line}\n`)
const findings = await bench({ quick: values.quick, sizes: values.size?.map(Number), say })
process.stdout.write(renderFindings(findings))
// Small sizes say nothing, so they are not kept.
if (!values.quick) {
  const path = await keepFindings(name, await describeMachine(), findings)
  say(`kept as ${path}; \`npm run generate\` brings it into docs/performance.md`)
}
process.exit(0)
