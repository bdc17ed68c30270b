import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'

import { chromiumFile, launchChromium } from './src/launch-chromium.ts'

const hostFolder = resolve(import.meta.dirname, '..', 'tools', 'functions-host')
const app = join(hostFolder, 'test', 'fixtures', 'orders')
const describeWithChromium = chromiumFile ? describe : describe.skip
if (!chromiumFile && process.env['ZOETROPE_REQUIRE_CHROMIUM']) {
  throw new Error('ZOETROPE_REQUIRE_CHROMIUM is set, and there is no Chromium: install Debian\'s "chromium".')
}
if (!chromiumFile) {
  process.stderr.write(
    'SKIPPED: the status page of functions-host is not tested. No Chromium is found: install Debian\'s "chromium", or name one by CHROMIUM.\n',
  )
}

describeWithChromium('orchestrations on the status page of functions-host', () => {
  const data = mkdtempSync(join(tmpdir(), 'functions-host-page-'))
  const faults: string[] = []
  let host: ChildProcess
  let url = ''
  let browser: Browser
  let page: Page
  const start = (name: string, id: string, input: unknown): Promise<Response> =>
    fetch(`${url}/runtime/webhooks/durabletask/orchestrators/${name}/${id}`, {
      method: 'POST',
      body: JSON.stringify(input),
    })
  const row = (text: string) => page.locator('#timeline .row', { hasText: text })

  beforeAll(async () => {
    const program = join(hostFolder, 'bin', 'functions-host.mjs')
    host = spawn(process.execPath, [program, 'start', '--app', `${app}:0`, '--data', data], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    for await (const line of createInterface(host.stdout ?? process.stdin)) {
      const ready = /^Host ready: (.*)$/.exec(line)?.[1]
      if (ready === undefined) continue
      url = (JSON.parse(ready) as { url: string }).url
      break
    }
    host.stdout?.resume()
    await Promise.all([
      start('order', 'order-1', 'book'),
      start('gallery', 'gallery-1', 30),
      start('parcel', 'parcel-1', null),
      start('approval', 'approval-1', null),
    ])
    browser = await launchChromium()
    page = await browser.newPage()
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text())
    })
    await page.goto(`${url}/admin`)
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    host?.kill('SIGKILL')
    rmSync(data, { recursive: true, force: true, maxRetries: 3 })
  }, 60_000)

  it('lists instances by state, name and id', async () => {
    const listed = page.locator('#orchestrations tr')
    await page.getByRole('button', { name: 'Failed 1' }).click()
    await listed.filter({ hasText: 'order-1' }).waitFor()
    expect(await listed.count()).toBe(1)

    await page.getByRole('button', { name: /^All/ }).click()
    await page.getByLabel('Orchestrator').fill('GALL')
    await listed.filter({ hasText: 'parcel-1-photos' }).waitFor()
    await listed.filter({ hasText: 'approval-1' }).waitFor({ state: 'detached' })
    await page.getByLabel('Orchestrator').fill('')
    await page.getByLabel('Id begins with').fill('order')
    await listed.filter({ hasText: 'gallery-1' }).waitFor({ state: 'detached' })
    expect(await listed.count()).toBe(1)
  }, 30_000)

  it('draws what failed with its attempts, and tells why, as text', async () => {
    await page.getByRole('link', { name: 'order-1' }).click()
    await row('charge').getByText('3 attempts').waitFor()
    expect(await row('charge').locator('.bar.failed').count()).toBe(3)

    await row('charge').getByRole('button').press('Enter')
    const failure = page.locator('#timeline dd', { hasText: 'The card <b>was</b> declined' }).first()
    await failure.waitFor()
    expect(await page.locator('b').count()).toBe(0)
    expect(await row('charge').getByRole('button').getAttribute('aria-expanded')).toBe('true')
  }, 30_000)

  it('tells a fan-out as one row, which opens into its rows', async () => {
    await page.goto(`${url}/admin#instance=gallery-1`)
    await row('thumbnail ×30').getByRole('button').click()

    await page.locator('#timeline .row.inner').nth(29).waitFor()
    expect(await page.locator('#timeline .row').count()).toBe(31)
  }, 30_000)

  it('leads to sub-orchestrations, and back to the parent', async () => {
    await page.goto(`${url}/admin#instance=parcel-1`)
    await row('sub-orchestration').getByRole('button').click()
    await page.getByRole('link', { name: 'parcel-1-photos' }).click()
    await page.locator('#instance-parent').getByRole('link', { name: 'parcel' }).click()

    await page.getByRole('heading', { name: 'parcel-1', exact: true }).waitFor()
  }, 30_000)

  it('sends the event that an instance waits for, and forgets the instance, when that is confirmed', async () => {
    await page.goto(`${url}/admin#instance=approval-1`)
    await row('approved').getByText('waits').waitFor()
    await page.getByRole('button', { name: 'Raise event…' }).click()
    expect(await page.getByLabel('Event', { exact: true }).inputValue()).toBe('approved')
    await page.getByLabel('Data, as JSON or text').fill('{"who":"<i>Ada</i>"}')
    await page.getByRole('button', { name: 'Raise event', exact: true }).click()
    await page.locator('#instance-state', { hasText: 'Completed' }).waitFor()
    expect(await page.locator('#instance-output').textContent()).toContain('"who": "<i>Ada</i>"')

    await page.getByRole('button', { name: 'Purge…' }).click()
    await page.getByRole('button', { name: 'Purge', exact: true }).click()
    await page.getByRole('heading', { name: 'Orchestrations' }).waitFor()
    await page.goto(`${url}/admin#instance=approval-1`)
    await page.getByText('There is no such instance').waitFor()
  }, 30_000)

  it('has met no fault, nor anything that its policy forbids', () => {
    expect(faults.filter((fault) => !fault.includes('404'))).toEqual([])
  })
})
