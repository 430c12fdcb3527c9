import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import type { RolloutView } from '../../rollout/view.ts'
import { startStack } from '../../cli/up/start-stack.ts'
import {
  findChromium,
  launchChromium,
  noChromium,
  openTab,
  type OpenOptions,
} from '../../test/support/browser.ts'
import { shrinkPng } from './shrink-png.ts'

/**
 * `npm run screenshots`: plays a good and a bad rollout on the simulated AWS and takes the pictures of docs/web.md, by the real
 * page in a real Chromium.
 */
const executable = findChromium()
if (!executable) {
  process.stderr.write(`${noChromium}\n`)
  process.exit(1)
}

const root = new URL('../../', import.meta.url)
const document = (name: string, version: number): string =>
  readFileSync(new URL(`examples/${name}.yaml`, root), 'utf8').replace(
    'fraud-scorer/38',
    `fraud-scorer/${version}`,
  )

const say = (line: string): void => void process.stderr.write(`${line}\n`)
const stack = await startStack({ clockRate: 60, say })
const browser = await launchChromium(executable)
try {
  await takeAll(browser)
} finally {
  await browser.close()
  await stack.close()
}
process.exit(0)

async function takeAll(on: Browser): Promise<void> {
  const { zoe, mia } = stack.people.tokens
  const good = await start(document('minimal', 38))
  await until(good, ({ phase }) => phase === 'Baking')
  await decide(good, 'promote-full', {})
  await until(good, ({ phase }) => phase === 'Promoted')
  await decide(good, 'promote', {})
  await until(good, ({ phase }) => phase === 'Ended')

  const starting = await open(on, '/start', { token: zoe })
  await starting.page.getByLabel('Rollout document, YAML or JSON').fill(document('three-regions', 39))
  await starting.page.getByRole('button', { name: 'Plan' }).click()
  await starting.page.getByRole('heading', { name: /^Plan of/ }).waitFor({ timeout: 60_000 })
  await starting.page.setViewportSize({ width: 1280, height: 700 })
  await starting.page.evaluate('document.activeElement.scrollIntoView()')
  await take(starting.page, 'start')
  await starting.page.getByRole('button', { name: 'Start', exact: true }).click()
  await starting.page.waitForURL(/\/rollouts\//)
  const id = new URL(starting.page.url()).pathname.split('/').at(-1) ?? ''
  await starting.close()

  const rollout = await open(on, `/rollouts/${id}`, { token: mia })
  await rollout.page.getByRole('button', { name: 'Approve' }).click()
  await rollout.page.getByLabel('Comment (optional)').fill('The golden set is fine.')
  await take(rollout.page, 'approve')
  await rollout.page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click()
  const [dark, phone] = [
    await open(on, `/rollouts/${id}`, { token: mia, dark: true }),
    await open(on, `/rollouts/${id}`, { token: mia, phone: true }),
  ]
  await rollout.page.locator('[data-target*="eu-west-1"] [data-actual="100"]').waitFor({ timeout: 120_000 })
  await Promise.all([rollout, dark, phone].map(({ page }) => page.locator('[data-alarm]').first().waitFor()))
  await Promise.all([
    take(rollout.page, 'rollout'),
    take(dark.page, 'rollout-dark'),
    take(phone.page, 'rollout-phone'),
  ])
  const list = await open(on, '/', { token: mia })
  await list.page.getByRole('heading', { name: 'Ended' }).waitFor()
  await take(list.page, 'list')
  await until(id, ({ verdict }) => verdict?.result === 'Fail')
  await until(id, ({ phase }) => phase === 'Ended')
  await rollout.page.getByText('Rolled back', { exact: true }).waitFor()
  await take(rollout.page, 'rollback')
  const key = '333333333333/eu-west-1/fraud-scorer'
  const endpoint = await open(on, `/endpoints/${key}`, { token: mia, dark: true })
  await endpoint.page.getByRole('heading', { name: 'What served when' }).waitFor()
  await take(endpoint.page, 'endpoint-dark')
  await takeStuck(on)
  const small = await open(on, '/', { token: mia, phone: true, dark: true })
  await small.page.getByRole('heading', { name: 'Ended' }).waitFor()
  await take(small.page, 'list-phone-dark')
  const nobody = await open(on, '/sign-in', {})
  await nobody.page.getByLabel('Token').waitFor()
  await take(nobody.page, 'sign-in')
}

/** An update that SageMaker cannot roll back: the rollout needs a person. */
async function takeStuck(on: Browser): Promise<void> {
  const fault = { kind: 'update-rollback-failed', service: 'sagemaker', region: 'eu-west-1' }
  const armed = await fetch(`${stack.sandboxUrl}/_sandbox/faults`, {
    method: 'POST',
    body: JSON.stringify(fault),
  })
  if (!armed.ok) throw new Error(await armed.text())
  const id = await start(document('minimal', 38))
  await until(id, ({ phase }) => phase === 'NeedsHuman')
  const { page, close } = await open(on, `/rollouts/${id}`, { token: stack.people.tokens.mia })
  await page.getByRole('heading', { name: 'A person must look' }).waitFor()
  await take(page, 'needs-human')
  await close()
}

async function take(page: Page, name: string): Promise<void> {
  const path = new URL(`docs/images/web-${name}.png`, root)
  await writeFile(path, shrinkPng(await page.screenshot({ animations: 'disabled' })))
  say(`web-${name}.png`)
}

function open(on: Browser, path: string, options: OpenOptions) {
  return openTab(on, stack.apiUrl + path, options)
}

async function ask<T>(path: string, request: RequestInit = {}): Promise<T> {
  const response = await fetch(stack.apiUrl + path, request)
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}

async function start(body: string): Promise<string> {
  const headers = { 'content-type': 'application/yaml' }
  return (await ask<{ id: string }>('/v1/rollouts', { method: 'POST', body, headers })).id
}

async function decide(id: string, verb: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  await ask(`/v1/rollouts/${id}/${verb}`, { method: 'POST', body: JSON.stringify(body), headers })
}

async function until(id: string, so: (view: RolloutView) => boolean): Promise<void> {
  while (!so(await ask<RolloutView>(`/v1/rollouts/${id}`))) {
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
