import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Client, Connection } from '@temporalio/client'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startIssuer, type TestIssuer } from '../api/auth/issuer.fixture.ts'
import { createOidcIssuer } from '../api/auth/oidc-issuer.ts'
import { oidcSettings } from '../api/auth/oidc-settings.ts'
import { createToken } from '../api/auth/tokens.ts'
import { startApi, type RunningApi } from '../api/server.ts'
import { freePorts } from '../cli/embedded/ports.ts'
import { packModel } from '../examples/model/pack.ts'
import { businessAlarm } from '../examples/world.ts'
import { createLogger } from '../worker/logging.ts'
import {
  accessibilityProblems,
  findChromium,
  isTooWide,
  launchChromium,
  noChromium,
  openTab,
  type OpenOptions,
  type Watched,
} from './support/browser.ts'
import { reportChargebacks } from './support/business.ts'
import { approval, businessWatch, twoRegions } from './support/documents.ts'
import { startStack, type Stack } from './support/stack.ts'
import type { LaunchApi } from './support/start-stack.ts'

const executable = findChromium()

const people = {
  zoe: createToken('zoe', ['operator']),
  mia: createToken('mia', ['approver'], ['ml-leads']),
  ben: createToken('ben', ['approver'], ['ml-leads']),
  vic: createToken('vic', ['viewer']),
}

describe.skipIf(executable === undefined)(`the web page (${executable ?? noChromium})`, () => {
  let stack: Stack
  let browser: Browser
  let api: RunningApi
  let restartApi: () => Promise<void>
  let issuer: TestIssuer
  const tabs: Watched[] = []

  beforeAll(async () => {
    const good = await packModel('good')
    const [port = 0] = await freePorts(1)
    issuer = await startIssuer()
    const oidc = createOidcIssuer(
      oidcSettings.parse({
        issuer: issuer.url,
        audience: 'sluice',
        clientId: 'sluice-web',
        roles: { approver: ['ml-leads'] },
      }),
    )
    const launchApi = async ({ address, namespace, taskQueue, signingKey, tokens }: LaunchApi) => {
      const connection = await Connection.connect({ address })
      const launch = () =>
        startApi({
          client: new Client({ connection, namespace }),
          taskQueue,
          signingKey,
          auth: { tokens: [...tokens, ...Object.values(people).map(({ entry }) => entry)], oidc: [oidc] },
          logger: createLogger('api', 'silent'),
          temporalUiUrl: 'http://temporal.example',
          requestsPerMinute: 100_000,
          graceMs: 500,
          port,
        })
      api = await launch()
      restartApi = async () => {
        await api.close()
        api = await launch()
      }
      return {
        url: api.url,
        close: async () => {
          await api.close()
          await connection.close()
        },
      }
    }
    const versions = [
      { version: 37, artifact: good },
      { version: 38, artifact: good },
    ]
    ;[stack, browser] = await Promise.all([startStack({ launchApi, versions }), launchChromium(executable!)])
  })
  afterAll(async () => {
    await browser?.close()
    await stack?.close()
    await issuer?.close()
  })

  const open = async (
    path: string,
    person?: keyof typeof people,
    options: OpenOptions = {},
  ): Promise<Page> => {
    const token = person && { token: people[person].token }
    const tab = await openTab(browser, api.url + path, { ...options, ...token })
    tabs.push(tab)
    return tab.page
  }

  /** One Region and one wave, quick. */
  const oneRegion = (production: Readonly<Record<string, unknown>> = {}, members = {}) =>
    twoRegions({
      accounts: stack.accounts,
      production: {
        strategy: { canary: { percent: 10, bake: '10m' } },
        waves: [[{ account: 'prod-eu', region: 'eu-west-1' }]],
        ...production,
      },
      ...members,
    })

  test('from a pasted document over plan, approval and canary to an undo, with two tabs deciding and a server restarted', async () => {
    const zoe = await open('/start', 'zoe')
    const document = twoRegions({
      accounts: stack.accounts,
      approval,
      production: { strategy: { canary: { percent: 10, bake: '4m' } }, keepPrevious: '2h' },
    })
    await zoe.getByLabel('Rollout document, YAML or JSON').fill(JSON.stringify({ ...document, name: 7 }))
    await zoe.getByRole('button', { name: 'Plan' }).click()
    await zoe.getByText('name: found 7').first().waitFor()
    await zoe.getByLabel('Rollout document, YAML or JSON').fill(JSON.stringify(document, null, 1))
    await zoe.getByRole('button', { name: 'Plan' }).click()
    await zoe.getByRole('heading', { name: 'Plan of fraud-scorer v38' }).waitFor()
    await zoe.getByText('us-east-1: shift 10 % of traffic to v38').waitFor()
    await zoe.getByText('At the peak').first().waitFor()
    expect(await accessibilityProblems(zoe)).toEqual([])
    await zoe.getByRole('button', { name: 'Start', exact: true }).click()
    await zoe.waitForURL(/\/rollouts\//)
    const path = new URL(zoe.url()).pathname

    const [mia, ben] = await Promise.all([open(path, 'mia'), open(path, 'ben')])
    await Promise.all([mia, ben].map((page) => page.getByRole('button', { name: 'Approve' }).click()))
    expect(await zoe.getByRole('button', { name: 'Approve' }).count()).toBe(0)
    await mia.getByLabel('Comment (optional)').fill('golden set is fine')
    await confirm(mia, 'Approve').click()
    await ben.getByText('The rollout has moved on meanwhile').waitFor()
    expect(await confirm(ben, 'Approve').isDisabled()).toBe(true)
    await ben.getByRole('button', { name: 'Close' }).click()
    await zoe.getByText('golden set is fine').first().waitFor()

    await zoe.locator('[data-target*="eu-west-1"] [data-actual="10"]').waitFor()
    const lost = zoe.getByText('Connection lost, trying again.').waitFor()
    await restartApi()
    await lost
    await zoe.getByText('Connection lost, trying again.').waitFor({ state: 'detached' })
    await zoe.locator('[data-target*="us-east-1"] [data-actual="100"]').waitFor({ timeout: 60_000 })
    await zoe.getByText('in which undo is instant').waitFor()
    expect(await accessibilityProblems(zoe)).toEqual([])
    expect(await zoe.getByRole('link', { name: /Temporal/ }).getAttribute('href')).toMatch(
      /^http:\/\/temporal\.example\/namespaces/,
    )

    await mia.getByRole('button', { name: 'Undo' }).click()
    await confirm(mia, 'Undo').click()
    // Without a reason the browser keeps the dialog open.
    await mia.getByLabel('Why').fill('customers complain')
    await confirm(mia, 'Undo').click()
    await mia.getByText('Rolled back', { exact: true }).waitFor({ timeout: 60_000 })
    await mia.getByText('customers complain').first().waitFor()
    await mia.getByRole('link', { name: 'us-east-1', exact: true }).click()
    await mia.getByRole('heading', { level: 1, name: 'fraud-scorer in us-east-1' }).waitFor()
    await mia.getByText('Rolled back', { exact: true }).waitFor()
    expect(await accessibilityProblems(mia)).toEqual([])
  })

  test('by keyboard alone: a rollout is found, paused without a worker, and aborted with a reason', async () => {
    const id = await stack.start(oneRegion())
    await stack.until(id, ({ phase }) => phase === 'Baking')
    const page = await open('/', 'zoe')
    await page.getByText('Running').first().waitFor()
    // Other tests of the run have rollouts of the same name in the list.
    await tabTo(page, page.locator(`a[href="/rollouts/${id}"]`).first())
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/rollouts/${id}`)
    await page.getByRole('button', { name: 'Abort' }).waitFor()
    expect(await page.evaluate('document.activeElement?.tagName')).toBe('H1')

    await stack.killWorker()
    await tabTo(page, page.getByRole('button', { name: 'Pause' }))
    await page.keyboard.press('Enter')
    await tabTo(page, confirm(page, 'Pause'))
    await page.keyboard.press('Enter')
    await page.getByText('the decision does not get lost').waitFor()
    await page.keyboard.press('Escape')
    await stack.startWorker()
    await page.getByText('Paused', { exact: true }).first().waitFor({ timeout: 30_000 })

    await tabTo(page, page.getByRole('button', { name: 'Abort' }))
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.type('wrong version')
    await tabTo(page, confirm(page, 'Abort'))
    await page.keyboard.press('Enter')
    await page.getByText('Aborted', { exact: true }).first().waitFor({ timeout: 60_000 })
    await page.getByText('wrong version').first().waitFor()
  })

  test('a rollback is explained with the alarm’s measured value, threshold and moment', async () => {
    const id = await stack.start(
      oneRegion({ watch: businessWatch, strategy: { canary: { percent: 10, bake: '2h' } } }),
    )
    const page = await open(`/rollouts/${id}`, 'vic', { phone: true, dark: true })
    const alarm = page.locator(`[data-alarm="${businessAlarm}"]`)
    await alarm.getByText('OK', { exact: true }).waitFor({ timeout: 30_000 })
    await alarm.getByText('your own').waitFor()
    const stop = await reportChargebacks(stack, 'eu-west-1', 0.9)
    await page.getByRole('heading', { name: 'Why it failed' }).waitFor({ timeout: 60_000 }).finally(stop)
    await page.getByText('> 0.5').first().waitFor()
    await alarm.getByText('In alarm').waitFor()
    await alarm.getByText('0.9 > 0.5').waitFor()
    await page.getByRole('img', { name: /breach > 0\.5; the last is 0\.9/ }).waitFor()
    await page.getByText('Rolled back', { exact: true }).waitFor({ timeout: 60_000 })
    await stack.quiet('eu-west-1')
    expect(await isTooWide(page)).toBe(false)
    expect(await accessibilityProblems(page)).toEqual([])
  })

  test('who signs in with a token as a viewer gets no button that would be refused', async () => {
    const id = await stack.start(oneRegion())
    const page = await open(`/rollouts/${id}`)
    await page.getByLabel('Token').fill('mistyped')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByText('it is not known').waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    await page.getByLabel('Token').fill(people.vic.token)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'fraud-scorer v38' }).waitFor()
    for (const [back, heading] of [
      [`/rollouts/${id}`, 'fraud-scorer v38'],
      ['//elsewhere.example/', 'Rollouts'],
    ] as const) {
      const other = await open(`/sign-in?back=${encodeURIComponent(back)}`)
      await other.getByLabel('Token').fill(people.vic.token)
      await other.getByRole('button', { name: 'Sign in', exact: true }).click()
      await other.getByRole('heading', { level: 1, name: heading }).waitFor()
    }
    const operator = await open(`/rollouts/${id}`, 'zoe')
    await operator.getByRole('button', { name: 'Abort' }).waitFor()
    expect(await operator.getByRole('button', { name: 'Promote' }).count()).toBe(0)
    expect(await page.getByRole('button', { name: /Abort|Pause|Promote/ }).count()).toBe(0)
    expect(await page.getByRole('link', { name: 'Start' }).count()).toBe(0)
    await stack.ask('zoe', 'POST', `/v1/rollouts/${id}/abort`)
    await page.getByText('Aborted', { exact: true }).first().waitFor({ timeout: 30_000 })
  })

  test('who signs in at an issuer comes back where they were, and an answer that was not asked for is refused', async () => {
    const provider = await startProvider(issuer)
    try {
      const page = await open('/?q=fraud')
      await page.getByRole('button', { name: /^Sign in with 127/ }).click()
      await page.getByText('mia@example.com').waitFor()
      expect(new URL(page.url()).search).toBe('?q=fraud')
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.goto(`${api.url}/sign-in?code=stolen&state=guessed`)
      await page.getByText('does not belong to a sign-in of this tab').waitFor()
      expect(provider.codes()).toBe(1)
    } finally {
      await provider.close()
    }
  })

  test('the first view is small, whole on a phone, and has no accessibility problem', async () => {
    // Nothing is in this tab's cache yet.
    const page = await open('/healthz', 'mia', { phone: true })
    let bytes = 0
    page.on('requestfinished', (request) => {
      if (request.url().includes('/events')) return
      void request.sizes().then((sizes) => (bytes += sizes.responseBodySize + sizes.responseHeadersSize))
    })
    await page.goto(api.url)
    await page.getByText('fraud-scorer v38').first().waitFor()
    await expect.poll(() => bytes).toBeGreaterThan(10_000)
    expect(bytes).toBeLessThan(150_000)
    expect(await isTooWide(page)).toBe(false)
    expect(await accessibilityProblems(page)).toEqual([])
  })

  test('nothing went wrong in any of the pages, and the policy stopped nothing', () => {
    expect(tabs.length).toBeGreaterThan(6)
    expect(tabs.flatMap(({ errors }) => errors)).toEqual([])
  })
})

/** The button at the end of an open dialog. */
function confirm(page: Page, name: string): Locator {
  return page.getByRole('dialog').getByRole('button', { name, exact: true })
}

/** Presses Tab until it is there, as somebody without a mouse does. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  for (let presses = 0; presses < 400; presses += 1) {
    if (await wanted.evaluate((element) => element === element.ownerDocument.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not lead to ${String(wanted)}`)
}

/** The two endpoints at which people sign in, on another origin than the issuer: PKCE is checked as RFC 7636 says. */
async function startProvider(issuer: TestIssuer) {
  const asked = new Map<string, URLSearchParams>()
  let codes = 0
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://provider')
    response.setHeader('access-control-allow-origin', '*')
    if (url.pathname === '/authorize') {
      const code = `code-${asked.size + 1}`
      asked.set(code, url.searchParams)
      const back = new URL(url.searchParams.get('redirect_uri') ?? '')
      back.searchParams.set('code', code)
      back.searchParams.set('state', url.searchParams.get('state') ?? '')
      return void response.writeHead(302, { location: back.href }).end()
    }
    void answerCode(request)
      .then((body) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      )
      .catch((error: unknown) =>
        response.writeHead(400).end(JSON.stringify({ error_description: String(error) })),
      )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const answerCode = async (request: AsyncIterable<Buffer>) => {
    codes += 1
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const form = new URLSearchParams(Buffer.concat(chunks).toString())
    const question = asked.get(form.get('code') ?? '')
    const verifier = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    if (!question || question.get('code_challenge') !== verifier) throw new Error('another verifier')
    const nonce = question.get('nonce')
    return {
      access_token: 'opaque',
      id_token: await issuer.token({ claims: { nonce } }),
      token_type: 'Bearer',
    }
  }
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  issuer.publish({
    issuer: issuer.url,
    jwks_uri: `${issuer.url}/keys`,
    authorization_endpoint: `${base}/authorize`,
    token_endpoint: `${base}/token`,
  })
  return {
    codes: () => codes,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
