import { parseArgs } from 'node:util'
import { describeMachine } from './support/machine.ts'
import { keepFindings, readFindings, renderFindings, toMarkdown, type Bench } from './support/report.ts'
import { copy } from './copy/index.ts'
import { fleet } from './fleet/index.ts'
import { history } from './history.ts'
import { overhead } from './overhead/index.ts'
import { pages } from './pages.ts'
import { rollback } from './rollback.ts'
import { web } from './web/index.ts'

/** Every bench by its name. */
const benches: Readonly<Record<string, Bench>> = { history, overhead, rollback, fleet, copy, pages, web }

const usage =
  `usage: npm run bench -- NAME [--quick] [--size N]…      NAME is one of ${Object.keys(benches).join(', ')}\n` +
  '       npm run bench -- tables              what was measured last, as Markdown'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, size: { type: 'string', multiple: true } },
})
const [name = ''] = positionals
if (name === 'tables') {
  for (const { bench, tables } of await readFindings(Object.keys(benches)))
    process.stdout.write(`## ${bench}\n\n${tables.map(toMarkdown).join('\n\n')}\n\n`)
  process.exit(0)
}
const bench = benches[name]
if (!bench) {
  process.stderr.write(`${usage}\n`)
  process.exit(64)
}
const say = (line: string): void => void process.stderr.write(`${line}\n`)
const findings = await bench({ quick: values.quick, sizes: values.size?.map(Number), say })
process.stdout.write(renderFindings(findings))
// Small sizes say nothing, so they are not kept.
if (!values.quick) say(`kept as ${await keepFindings(name, await describeMachine(), findings)}`)
process.exit(0)
