import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RolloutForCaller } from '../api/answers.ts'
import { packModel } from '../examples/model/pack.ts'
import {
  accessibilityProblems,
  findChromium,
  launchChromium,
  noChromium,
  openTab,
  type Watched,
} from './support/browser.ts'
import { approval, businessWatch, twoRegions } from './support/documents.ts'
import { startReceiver, type Receiver } from './support/receiver.ts'
import { startStack, type Stack } from './support/stack.ts'
import { tokenOf } from './support/start-stack.ts'

const executable = findChromium()
const people = ['zoe', 'mia', 'ben', 'vic'] as const
type Someone = (typeof people)[number]

const labels: Readonly<Record<string, string>> = { promoteFull: 'Promote in full' }
const labelOf = (verb: string): string => labels[verb] ?? `${verb.charAt(0).toUpperCase()}${verb.slice(1)}`

describe.skipIf(executable === undefined)(`decisions on the page (${executable ?? noChromium})`, () => {
  let stack: Stack
  let browser: Browser
  let receiver: Receiver
  const tabs: Watched[] = []

  beforeAll(async () => {
    receiver = await startReceiver('a secret that only tests use')
    const artifact = await packModel('good')
    const versions = [37, 38].map((version) => ({ version, artifact }))
    const notify = {
      file: `
apiVersion: sluice/v1
kind: Notifications
channels:
  all: { webhook: { url: '${receiver.url}/all', secretFrom: HOOK_SECRET } }
routes:
  - { models: ['*'], to: [all] }
`,
      secrets: { HOOK_SECRET: 'a secret that only tests use' },
    }
    ;[stack, browser] = await Promise.all([startStack({ versions, notify }), launchChromium(executable!)])
  })
  afterAll(async () => {
    await browser?.close()
    await stack?.close()
    await receiver?.close()
  })

  const open = async (id: string, person: Someone): Promise<Page> => {
    const tab = await openTab(browser, `${stack.api.url}/rollouts/${id}`, { token: tokenOf(person) })
    tabs.push(tab)
    return tab.page
  }
  const openAll = async (id: string) =>
    Object.fromEntries(
      await Promise.all(people.map(async (person) => [person, await open(id, person)] as const)),
    ) as Record<Someone, Page>

  /** Every page has a button for each verb that the server would take from its reader now, and for nothing else. */
  const expectButtons = async (id: string, pages: Readonly<Record<Someone, Page>>): Promise<void> => {
    for (const person of people) {
      const both = async () => {
        const { body } = await stack.ask<RolloutForCaller>(person, 'GET', `/v1/rollouts/${id}`)
        const taken = body.allowed.map(({ verb }) => labelOf(verb)).toSorted()
        const shown = await pages[person].locator('.action-list button').allTextContents()
        return { person, phase: body.phase, taken, shown: shown.map((text) => text.trim()).toSorted() }
      }
      await expect
        .poll(
          async () => {
            const { taken, shown } = await both()
            return taken.join() === shown.join()
          },
          { timeout: 20_000, message: JSON.stringify(await both()) },
        )
        .toBe(true)
    }
    expect(await pages.vic.locator('.action-list button').count()).toBe(0)
  }

  const oneRegion = (production: Readonly<Record<string, unknown>> = {}, members = {}) =>
    twoRegions({
      accounts: stack.accounts,
      production: { waves: [[{ account: 'prod-eu', region: 'eu-west-1' }]], ...production },
      ...members,
    })

  test('who may do what stands on every page in every phase, from the gate over pause, promote and commit to the undo of it', async () => {
    const steps = [{ weight: 10 }, { bake: '20h' }, { weight: 50 }, { bake: '20h' }]
    const production = { strategy: { steps }, watch: businessWatch, keepPrevious: '20h' }
    const id = await stack.start(oneRegion(production, { approval }))
    const pages = await openAll(id)
    const { mia, ben } = pages
    await button(mia, 'Approve').waitFor({ timeout: 30_000 })
    await expectButtons(id, pages)
    await decide(mia, 'Approve')

    await mia.locator('[data-actual="10"]').waitFor({ timeout: 60_000 })
    await stack.until(id, ({ phase }) => phase === 'Baking')
    await expectButtons(id, pages)
    await decide(pages.zoe, 'Pause')
    await mia.getByText('Paused', { exact: true }).first().waitFor()
    await expectButtons(id, pages)
    expect(await button(mia, 'Pause').count()).toBe(0)
    await decide(ben, 'Resume')
    await button(mia, 'Pause').waitFor()

    await decide(mia, 'Promote', 'Ends this bake now')
    await mia.locator('[data-actual="50"]').waitFor({ timeout: 60_000 })
    await decide(ben, 'Promote in full', 'Skips every remaining bake')
    await mia.locator('[data-actual="100"]').waitFor({ timeout: 60_000 })
    await mia.getByText('in which undo is instant').waitFor({ timeout: 60_000 })
    await expectButtons(id, pages)
    await decide(mia, 'Promote', 'Ends the wait and commits')
    await mia.getByText('Succeeded', { exact: true }).first().waitFor({ timeout: 60_000 })
    await expectButtons(id, pages)

    await decide(mia, 'Undo', 'Starts a new rollout', 'customers complain')
    await mia.waitForURL(new RegExp(`/rollouts/(?!${id}$)`))
    // Who still looks at the one that was undone is told, and is not offered it a second time.
    await ben.getByText('Undone by').waitFor({ timeout: 30_000 })
    expect(await button(ben, 'Undo').count()).toBe(0)
    await mia.getByText('Succeeded', { exact: true }).first().waitFor({ timeout: 60_000 })
    await mia.getByText('Every target is back on its previous config.').waitFor()
  })

  test('what needs a person shows the commands, is acknowledged once, and Retry ends it when it is repaired', async () => {
    stack.arm({ kind: 'update-rollback-failed', service: 'sagemaker', region: 'eu-west-1' })
    const id = await stack.start(oneRegion())
    const pages = await openAll(id)
    const { zoe, mia, vic } = pages
    await mia.getByRole('heading', { name: 'A person must look' }).waitFor({ timeout: 60_000 })
    await mia.getByText('aws sagemaker update-endpoint').first().waitFor()
    await expectButtons(id, pages)
    expect(await accessibilityProblems(mia)).toEqual([])

    await button(zoe, 'Acknowledge').click({ timeout: 30_000 })
    await mia.getByText('takes care of it').waitFor({ timeout: 30_000 })
    await button(mia, 'Acknowledge').waitFor({ state: 'detached', timeout: 30_000 })
    expect(await button(vic, 'Acknowledge').count()).toBe(0)

    const { prodEu } = stack.accounts
    const config = 'fraud-scorer-v37'
    await stack.control('foreign-update', {
      account: prodEu,
      region: 'eu-west-1',
      endpoint: 'fraud-scorer',
      config,
    })
    await stack.rests(prodEu)
    await decide(zoe, 'Retry', 'Tries again now')
    await mia.getByText('Rolled back', { exact: true }).first().waitFor({ timeout: 60_000 })
  })

  test('a page that is loaded again at a gate stands at the gate, and two people who press at once make one decision', async () => {
    const id = await stack.start(oneRegion({}, { approval }))
    const [mia, ben] = await Promise.all([open(id, 'mia'), open(id, 'ben')])
    await button(mia, 'Approve').waitFor({ timeout: 30_000 })
    await mia.reload()
    await Promise.all([mia, ben].map((page) => button(page, 'Approve').click()))
    const confirms = [mia, ben].map((page) => button(page.getByRole('dialog'), 'Approve'))
    await Promise.all(confirms.map((confirm) => confirm.waitFor()))
    await Promise.all(confirms.map((confirm) => confirm.dispatchEvent('click')))
    const { decisions } = await stack.until(id, ({ phase }) => phase !== 'AwaitingApproval')
    const counted = decisions.filter(({ result }) => !result.startsWith('refused'))
    expect(counted).toHaveLength(1)
    const [winner] = counted
    for (const page of [mia, ben]) await page.getByText(`${winner?.by} approved`).first().waitFor()
    const loser = winner?.by === 'mia' ? ben : mia
    await loser
      .getByRole('dialog')
      .getByText(/The rollout has moved on|Nothing was changed by you|Decided already/)
      .waitFor()
    await stack.ask('zoe', 'POST', `/v1/rollouts/${id}/abort`)
    await stack.ended(id)
  })

  test('nothing went wrong in any of the pages', () => {
    expect(tabs.length).toBe(10)
    expect(tabs.flatMap(({ errors }) => errors)).toEqual([])
  })
})

function button(where: Page | Locator, name: string): Locator {
  return where.getByRole('button', { name, exact: true })
}

/** Presses a verb's button, reads what it will do, says why, and confirms. */
async function decide(page: Page, name: string, does = '', why = 'because'): Promise<void> {
  await button(page.locator('.action-list'), name).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(does).first().waitFor()
  await dialog.getByRole('textbox').fill(why)
  await button(dialog, name).click()
  await dialog.waitFor({ state: 'detached' })
}
