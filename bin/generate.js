#!/usr/bin/env node
import { register } from 'tsx/esm/api'
import { fileURLToPath } from 'node:url'

register()
const { findOutdated, writeOutdated } = await import('./generate.ts')
const { generators } = await import('./generators.ts')

const root = fileURLToPath(new URL('..', import.meta.url))
const outdated = await findOutdated(root, generators)

if (process.argv.includes('--check')) {
  for (const { path, committed } of outdated) {
    console.error(
      `${path} ${committed === null ? 'is missing' : 'is out of date'}: run npm run generate and commit it`,
    )
  }
  if (outdated.length > 0) process.exitCode = 1
  else console.log(`${generators.length} generated files are up to date`)
} else {
  await writeOutdated(root, outdated)
  for (const { path } of outdated) console.log(`wrote ${path}`)
  if (outdated.length === 0) console.log('nothing to write')
}
