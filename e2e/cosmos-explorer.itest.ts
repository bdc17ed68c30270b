import { CosmosClient } from '@azure/cosmos'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startCosmosEmulator } from '@zoetrope/cosmos-emulator/source'
import type { CosmosEmulator } from '@zoetrope/cosmos-emulator/source'
import type { Browser, Page } from 'playwright-core'

import { chromiumFile, launchChromium } from './src/launch-chromium.ts'

const describeWithChromium = chromiumFile ? describe : describe.skip
if (!chromiumFile && process.env['ZOETROPE_REQUIRE_CHROMIUM']) {
  throw new Error('ZOETROPE_REQUIRE_CHROMIUM is set, and there is no Chromium: install Debian\'s "chromium".')
}
if (!chromiumFile) {
  process.stderr.write(
    'SKIPPED: the data explorer of cosmos-emulator is not tested. No Chromium is found: install Debian\'s "chromium", or name one by CHROMIUM.\n',
  )
}

const cursorOf = (text: Element): number => (text as HTMLTextAreaElement).selectionStart

const ownKey = Buffer.from('a key that nobody else knows').toString('base64')

describeWithChromium('the data explorer', () => {
  const faults: string[] = []
  let emulator: CosmosEmulator
  let client: CosmosClient
  let browser: Browser
  let page: Page
  const cell = (text: string) => page.getByRole('cell', { name: text, exact: true })

  beforeAll(async () => {
    emulator = await startCosmosEmulator({
      accounts: [
        { name: 'primary', port: 0 },
        { name: 'guarded', port: 0, key: ownKey },
      ],
    })
    const [primary] = emulator.accounts
    client = new CosmosClient({ endpoint: primary!.endpoint, key: primary!.key })
    const { database } = await client.databases.create({ id: 'shop' })
    const { container } = await database.containers.create({
      id: 'orders & co',
      partitionKey: '/customer',
      throughput: 25_000,
    })
    for (let n = 0; n < 60; n += 1)
      await container.items.create({
        id: `order-${n}`,
        customer: n % 2 ? 'ada' : 'grace',
        total: n,
        note: '<b>bold</b>',
      })
    browser = await launchChromium()
    page = await browser.newPage()
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text())
    })
    await page.goto(`${primary!.endpoint}_explorer`)
  }, 60_000)
  afterAll(async () => {
    client?.dispose()
    await browser?.close()
    await emulator?.close()
  }, 60_000)

  it('lists containers with their counts, and documents by pages, as text', async () => {
    await page.getByRole('link', { name: 'orders & co 60' }).click()
    await page.getByRole('button', { name: 'order-0', exact: true }).waitFor()
    expect(await page.locator('tbody tr').count()).toBe(50)
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('button', { name: 'order-59' }).waitFor()

    expect(await page.locator('tbody tr').count()).toBe(60)
    expect(await page.locator('b').count()).toBe(0)
  }, 30_000)

  it('makes, changes and deletes a document; tells of what was changed meanwhile', async () => {
    const container = client.database('shop').container('orders & co')
    await page.getByRole('button', { name: 'New document' }).click()
    await page.getByLabel('New document').fill('{"id":"new","customer":"ada"}')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByText('new is saved.').waitFor()
    await page.getByRole('link', { name: 'orders & co 61' }).waitFor()

    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('button', { name: 'new', exact: true }).click()
    expect(await page.locator('tr[aria-current]').textContent()).toMatch(/^new/)
    expect(await page.getByLabel('Document new').evaluate(cursorOf)).toBe(0)
    await container.item('new', 'ada').replace({ id: 'new', customer: 'ada', from: 'elsewhere' })
    await page.getByLabel('Document new').fill('{"id":"new","customer":"ada","from":"page"}')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').getByText('412').waitFor()

    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('button', { name: 'new', exact: true }).click()
    await page.getByRole('button', { name: 'Delete…' }).click()
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByText('new is deleted.').waitFor()
    expect((await container.item('new', 'ada').read()).statusCode).toBe(404)
    await page.getByRole('link', { name: 'orders & co 60' }).waitFor()
  }, 30_000)

  it('runs a query with parameters: results, charge, metrics and plan; an error says where it is', async () => {
    await page.getByRole('link', { name: 'Query' }).click()
    await page
      .getByLabel('Query')
      .fill('SELECT c.id, c.total FROM c WHERE c.customer = @who ORDER BY c.total DESC')
    await page.getByLabel('Parameters, as JSON').fill('{"@who":"ada"}')
    await page.getByLabel('Results a page').fill('20')
    await page.getByLabel('Query').press('Control+Enter')
    await page.getByText('20 results').waitFor()
    await cell('order-59').waitFor()
    expect(await page.locator('main').textContent()).toMatch(/[\d.]+ RU/)
    expect(await page.locator('main').textContent()).not.toContain('undefined')
    await page.getByRole('button', { name: 'Next page' }).click()
    await page.getByText('10 results').waitFor()
    await page.getByText('Metrics', { exact: true }).click()
    await cell('retrievedDocumentCount').waitFor()
    await page.getByText('Plan', { exact: true }).click()
    await page.getByText('"queryRanges"').waitFor()

    await page.getByLabel('Query').fill('SELECT * FROM c WHERE NOSUCH(c.a)')
    await page.getByRole('button', { name: 'Run' }).click()
    await page
      .getByRole('alert')
      .getByText(/400: SC2005 at \d+–\d+: 'NOSUCH'/)
      .waitFor()
    expect(await page.evaluate(() => String(getSelection()))).toBe('NOSUCH')

    await page.getByRole('link', { name: 'Definition' }).click()
    await page.getByRole('link', { name: 'Query' }).click()
    expect(await page.getByLabel('Query').inputValue()).toBe('SELECT * FROM c WHERE NOSUCH(c.a)')
    expect(await page.getByLabel('Parameters, as JSON').inputValue()).toBe('{"@who":"ada"}')
  }, 30_000)

  it('follows the changes, and shows what the container is', async () => {
    await page.getByRole('link', { name: 'Changes' }).click()
    await page.getByText('60 changes').waitFor()
    await page.getByRole('button', { name: 'Follow from now' }).click()
    await page.getByText('Following').waitFor()
    await client.database('shop').container('orders & co').items.create({ id: 'later', customer: 'ada' })
    await cell('later').waitFor()

    await page.getByRole('link', { name: 'Definition' }).click()
    await cell('/customer (Hash, version 1)').waitFor()
    await cell('25000 RU/s').waitFor()
    expect(await page.getByRole('region', { name: 'Ranges' }).locator('tbody tr').count()).toBe(5)
  }, 30_000)

  it('fits a narrow screen', async () => {
    await page.setViewportSize({ width: 360, height: 700 })
    for (const view of ['Documents', 'Query', 'Changes', 'Definition']) {
      await page.getByRole('link', { name: view, exact: true }).click()
      await page.locator('a[aria-current]', { hasText: view }).waitFor()
      const width = await page.evaluate(() => document.documentElement.scrollWidth)
      expect([view, width]).toEqual([view, 360])
      expect(await page.locator('header').evaluate((header) => header.clientHeight)).toBeLessThan(130)
    }
    await page.setViewportSize({ width: 1280, height: 800 })
  }, 30_000)

  it('asks for a key that it does not know, and shows nothing before', async () => {
    const [, guarded] = emulator.accounts
    await page.goto(`${guarded!.endpoint}_explorer`)
    await page.getByText('The account does not take this key.').waitFor()
    expect(await page.locator('#tree').textContent()).toBe('')

    await page.getByLabel('Master key').fill(ownKey)
    await page.getByRole('button', { name: 'Use this key' }).press('Enter')
    await page.getByText('No databases yet.').waitFor()
    await page.getByText('There is no container yet.').waitFor()
  }, 30_000)

  it('keeps its key when another is not given after all, or is no key', async () => {
    await page.getByRole('button', { name: 'Key…' }).click()
    await page.getByLabel('Master key').fill('no key!')
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.getByRole('status').getByText('0 databases').waitFor()
    await page.getByRole('button', { name: 'Key…' }).click()
    await page.getByLabel('Master key').fill('no key!')
    await page.getByLabel('Master key').press('Enter')
    await page.getByRole('alert').getByText('A key is base64').waitFor()
  }, 30_000)

  it('shows nothing of a container that is gone', async () => {
    await page.goto(`${emulator.accounts[0]!.endpoint}_explorer#/shop/gone/documents`)
    await page.getByRole('alert').getByText('404').waitFor()
    expect(await page.locator('#view').textContent()).toBe('')
  }, 30_000)

  it('has met no fault, nor anything that its policy forbids', () => {
    // Answers of 400, 401, 404 and 412 are asked for above.
    expect(faults.filter((fault) => !/status of 4(00|01|04|12)/.test(fault))).toEqual([])
  })
})
