import { Client, Connection } from '@temporalio/client'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createToken } from '../api/auth/tokens.ts'
import { startApi, type RunningApi } from '../api/server.ts'
import { freePorts } from '../cli/embedded/ports.ts'
import { packModel } from '../examples/model/pack.ts'
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
import { twoRegions } from './support/documents.ts'
import { startStack, type Stack } from './support/stack.ts'

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
  const tabs: Watched[] = []

  beforeAll(async () => {
    const good = await packModel('good')
    const [port = 0] = await freePorts(1)
    const launchApi = async (given: {
      readonly address: string
      readonly namespace: string
      readonly taskQueue: string
      readonly signingKey: string
      readonly tokens: readonly (typeof people)['zoe']['entry'][]
    }) => {
      const connection = await Connection.connect({ address: given.address })
      const launch = () =>
        startApi({
          client: new Client({ connection, namespace: given.namespace }),
          taskQueue: given.taskQueue,
          signingKey: given.signingKey,
          auth: { tokens: [...given.tokens, ...Object.values(people).map(({ entry }) => entry)] },
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
    ;[stack, browser] = await Promise.all([
      startStack({
        launchApi,
        versions: [
          { version: 37, artifact: good },
          { version: 38, artifact: good },
        ],
      }),
      launchChromium(executable!),
    ])
  })
  afterAll(async () => {
    await browser?.close()
    await stack?.close()
  })

  const open = async (
    path: string,
    person?: keyof typeof people,
    options: OpenOptions = {},
  ): Promise<Watched['page']> => {
    const tab = await openTab(browser, api.url + path, {
      ...options,
      ...(person ? { token: people[person].token } : {}),
    })
    tabs.push(tab)
    return tab.page
  }

  test('a viewer signs in with a token, sees a rollout, and gets no button that would be refused', async () => {
    const id = await stack.start(twoRegions({ accounts: stack.accounts }))
    const page = await open(`/rollouts/${id}`)
    await page.getByLabel('Token').fill('mistyped')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('it is not known').waitFor()
    await page.getByLabel('Token').fill(people.vic.token)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { level: 1, name: 'fraud-scorer v38' }).waitFor()
    await page.getByText('check the package').first().waitFor()
    expect(await page.getByRole('button', { name: 'Abort' }).count()).toBe(0)
    await stack.until(id, ({ targets }) => targets[0]?.actual === 10)
    await page.locator('[data-actual="10"]').first().waitFor()
    const operator = await open(`/rollouts/${id}`, 'zoe')
    await operator.getByRole('button', { name: 'Abort' }).waitFor()
    expect(await operator.getByRole('button', { name: 'Promote' }).count()).toBe(0)
    await stack.ask('zoe', 'POST', `/v1/rollouts/${id}/abort`)
    await page.getByText('Aborted', { exact: true }).first().waitFor()
  })

  test('the first view is small, whole on a phone, and has no accessibility problem', async () => {
    const tab = await openTab(browser, `${api.url}/icon`, { token: people.mia.token, phone: true })
    tabs.push(tab)
    let bytes = 0
    tab.page.on('requestfinished', (request) => {
      if (request.url().includes('/events')) return
      void request.sizes().then(({ responseBodySize, responseHeadersSize }) => {
        bytes += responseBodySize + responseHeadersSize
      })
    })
    await tab.page.goto(api.url)
    await tab.page.getByText('fraud-scorer v38').first().waitFor()
    expect(bytes).toBeGreaterThan(10_000)
    expect(bytes).toBeLessThan(150_000)
    expect(await isTooWide(tab.page)).toBe(false)
    expect(await accessibilityProblems(tab.page)).toEqual([])
  })

  test('a page that loses its server says so, and goes on by itself when it is back', async () => {
    const page = await open('/', 'mia')
    await page.getByText('fraud-scorer v38').first().waitFor()
    const noted = page.getByText('Connection lost, trying again.').waitFor()
    await restartApi()
    await noted
    await page.getByText('Connection lost, trying again.').waitFor({ state: 'detached' })
  })

  test('nothing went wrong in any of the pages, and the policy stopped nothing', () => {
    expect(tabs.length).toBeGreaterThan(2)
    expect(tabs.flatMap(({ errors }) => errors)).toEqual([])
  })
})
