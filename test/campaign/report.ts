import { readFile, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { isShared, type Result } from './results.ts'
import type { Scenario } from './scenario.ts'
import { summarize } from './summary.ts'

const begin = '<!-- matrix: npm run campaign -- --report -->'
const end = '<!-- end of matrix -->'

/**
 * Writes what has really been run between the marks of a page.
 * @throws Error when the page has none
 */
export async function writeReport(
  page: string,
  points: readonly Scenario[],
  results: ReadonlyMap<string, Result>,
): Promise<void> {
  const text = await readFile(page, 'utf8')
  const [before, rest] = text.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`${page} has no marks '${begin}'`)
  await writeFile(page, `${before}${begin}\n\n${describe(points, results)}\n\n${end}${after}`)
}

function describe(points: readonly Scenario[], results: ReadonlyMap<string, Result>): string {
  const ids = new Set(points.map(({ id }) => id))
  const ran = [...results.values()].filter(({ id }) => ids.has(id))
  const random = [...results.values()].filter(({ kind }) => kind === 'random')
  const failed = [...results.values()].filter(
    (one) => !one.passed && (ids.has(one.id) || isShared(one) || random.includes(one)),
  )
  const inCompany = ran.filter(({ company = [] }) => company.length > 0).length
  const dates = [...new Set(ran.map(({ at }) => at.slice(0, 10)))].toSorted()
  const commits = [...new Set(ran.map(({ commit }) => commit))]
  const seconds = ran.map((one) => one.seconds).toSorted((one, other) => one - other)
  return [
    summarize(points, results),
    '',
    `Of ${points.length} points ${ran.length} have been run and ${points.length - ran.length} have not, on ${dates.join(' and ')}, ` +
      `with commits ${commits.join(', ')} and Node ${process.version} on ${cpus().length} cores; half of them took less than ` +
      `${seconds[Math.floor(seconds.length / 2)] ?? 0} s each. ${inCompany} shared a rollout with others. Of ${random.length} random rollouts ` +
      `${random.filter(({ passed }) => passed).length} passed.`,
    ...(failed.length === 0
      ? []
      : [
          '',
          'Failed:',
          '',
          ...failed.map(({ id, problems }) => `- \`${id}\`: ${(problems[0] ?? '').slice(0, 200)}`),
        ]),
  ].join('\n')
}
