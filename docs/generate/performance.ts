import { format, resolveConfig } from 'prettier'
import { readFindings, renderAims, toMarkdown } from '../../bench/support/report.ts'
import { renderRegions } from './region.ts'

const path = 'docs/performance.md'

/** The page of measurements, with what each bench found last. */
export async function renderPerformance(): Promise<string> {
  const findings = await readFindings()
  const regions = findings.map(({ bench, tables, aims }) => {
    const content = [...tables.map(toMarkdown), ...(aims.length > 0 ? [renderAims(aims)] : [])].join('\n\n')
    return [bench, content] as const
  })
  return format(renderRegions(path, Object.fromEntries(regions)), {
    ...(await resolveConfig(path)),
    parser: 'markdown',
  })
}
