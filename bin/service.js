#!/usr/bin/env node
// The processes of a deployment: `node bin/service.js worker | api`, and `health` for the container's health check.
import { register } from 'tsx/esm/api'

const [command] = process.argv.slice(2)

if (command === 'worker' || command === 'api') {
  register()
  const { main } = await import(command === 'worker' ? '../worker/main.ts' : '../api/main.ts')
  const { fail } = await import('../worker/fail.ts')
  await main().catch(fail)
} else if (command === 'health') {
  const { SLUICE_API_PORT = '8080', SLUICE_METRICS_PORT = '9464' } = process.env
  // A container runs one of the two processes, so whichever answers is the one.
  const urls = [
    `http://127.0.0.1:${SLUICE_API_PORT}/healthz`,
    `http://127.0.0.1:${SLUICE_METRICS_PORT}/metrics`,
  ]
  const answers = await Promise.allSettled(
    urls.map((url) => fetch(url, { signal: AbortSignal.timeout(4000) })),
  )
  if (!answers.some(({ value }) => value?.ok)) process.exitCode = 1
} else {
  console.error(`Unknown command ${command ?? '(none)'}: use worker, api or health.`)
  process.exitCode = 64
}
