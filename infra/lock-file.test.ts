import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
type Locked = { resolved?: string; integrity?: string; link?: boolean }
const lock = JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8')) as {
  packages: Record<string, Locked>
}
const installed = Object.entries(lock.packages).filter(([path]) => path !== '')

test('the lock file names no registry, so that an installation behind a mirror works', () => {
  expect(installed.length).toBeGreaterThan(100)
  expect(installed.filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
  expect(readFileSync(`${root}/.npmrc`, 'utf8')).toMatch(/^omit-lockfile-registry-resolved=true$/m)
})

test('the lock file knows the digest of every package', () => {
  // A package inside another one's tarball is covered by the digest of that one.
  const open = installed.filter(([, one]) => !one.integrity && !('inBundle' in one))
  expect(open.map(([path]) => path)).toEqual([])
})

test('every part of the Temporal SDK has the same version', () => {
  const versions = installed.flatMap(([path, one]) =>
    /^node_modules\/@temporalio\/[^/]+$/.test(path) && 'version' in one ? [String(one.version)] : [],
  )
  expect(versions.length).toBeGreaterThan(5)
  expect(new Set(versions).size).toBe(1)
})

test('the lock file has every optional package, so that `npm ci` accepts it on every platform', () => {
  const names = new Set(installed.map(([path]) => path.split('node_modules/').at(-1)))
  const wanted = installed.flatMap(([, one]) =>
    'optionalDependencies' in one ? Object.keys(one.optionalDependencies as Record<string, string>) : [],
  )
  expect(wanted.length).toBeGreaterThan(50)
  expect(wanted.filter((name) => !names.has(name))).toEqual([])
})
