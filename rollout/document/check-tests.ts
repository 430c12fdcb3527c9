import { parseDuration } from '../duration.ts'
import { samplesNeeded } from '../verdict/percentile.ts'
import type { Check, LooseDocument } from './check.ts'
import { present, written } from './check.ts'
import type { Path } from './problem.ts'

type Report = Parameters<Check>[1]
type Test = NonNullable<NonNullable<NonNullable<LooseDocument['staging']>['tests']>[number]>

/** A service on this very machine may be reached without TLS. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}

function checkUrl(text: string, path: Path, report: Report): void {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    report(path, 'an https:// URL')
    return
  }
  if (url.protocol !== 'https:' && !isLoopback(url.hostname))
    report(path, 'an https:// URL (http:// on loopback only): the request is signed, not hidden')
  if (url.username || url.password)
    report(
      path,
      'a URL without user and password: requests are signed instead',
      'a URL with a user or password',
    )
  if (url.hash) report(path, 'a URL without a fragment', 'a fragment')
}

function checkLoad(load: NonNullable<Test['load']>, path: Path, report: Report): void {
  const milliseconds = load.duration === undefined ? null : parseDuration(load.duration)
  if (milliseconds === null || load.requestsPerSecond === undefined) return
  const requests = Math.floor((load.requestsPerSecond * milliseconds) / 1000)
  for (const percent of [50, 90, 95, 99] as const) {
    const needed = samplesNeeded(percent)
    if (load[`p${percent}`] === undefined || requests >= needed) continue
    const seconds = Math.ceil(needed / load.requestsPerSecond)
    report(
      [...path, `p${percent}`],
      `a percentile with at least 10 samples in its tail: p${percent} needs ${needed} requests (${seconds}s at this rate)`,
      `${requests} requests`,
    )
  }
  if (requests < 1) report(path, 'at least one request in the whole duration', 'none')
}

function checkPattern(pattern: string | undefined, path: Path, report: Report): void {
  if (pattern === undefined) return
  try {
    RegExp(pattern, 'u')
  } catch {
    report(path, 'a regular expression (JavaScript’s, with the `u` flag)')
  }
}

/** Each test is of one kind and can be run and judged. */
export const checkTests: Check = (document, report) => {
  const tests = document.staging?.tests
  const hasInvoke = present(tests).some(([test]) => test.invoke?.body !== undefined)
  const names = new Map<string, number>()
  for (const [test, index] of present(tests)) {
    const path: Path = ['staging', 'tests', index]
    const kinds = written(test, ['invoke', 'dataset', 'load', 'http'])
    if (kinds.length !== 1)
      report(
        path,
        'exactly one of `invoke`, `dataset`, `load` and `http`',
        kinds.length === 0 ? 'none of them' : kinds.join(' and '),
      )
    if (test.name !== undefined) {
      const before = names.get(test.name)
      if (before !== undefined)
        report([...path, 'name'], `a name of its own; test ${before + 1} has the same`)
      names.set(test.name, index)
    }
    checkPattern(test.invoke?.expect?.matches, [...path, 'invoke', 'expect', 'matches'], report)
    if (test.load) {
      checkLoad(test.load, [...path, 'load'], report)
      if (test.load.body === undefined && !hasInvoke)
        report([...path, 'load', 'body'], 'the body of a request (or an `invoke` test whose body is used)')
    }
    if (test.http?.url !== undefined) checkUrl(test.http.url, [...path, 'http', 'url'], report)
  }
}
