import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { RunningLocalStack } from '@zoetrope/local'
import { startLocalStack } from '@zoetrope/local'
import type { Browser, Page } from 'playwright-core'

import { chromiumFile, launchChromium } from './src/launch-chromium.ts'
import { makeClip } from './src/make-clip.ts'
import { until } from './src/until.ts'

const photo = resolve(import.meta.dirname, '..', 'examples', 'demo', 'photo.jpg')
const jobMs = 180_000
/** Short, with progress told often: long enough for several percentages. */
const clipSeconds = 8
const describeWithChromium = chromiumFile ? describe : describe.skip
if (!chromiumFile && process.env['ZOETROPE_REQUIRE_CHROMIUM']) {
  throw new Error('ZOETROPE_REQUIRE_CHROMIUM is set, and there is no Chromium: install Debian\'s "chromium".')
}
if (!chromiumFile) {
  process.stderr.write(
    'SKIPPED: the console is not tested. No Chromium is found: install Debian\'s "chromium", or name one by CHROMIUM.\n',
  )
}

describeWithChromium('the console', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'zoetrope-console-'))
  const clip = join(scratch, 'turning wheel.mp4')
  const faults: string[] = []
  let stack: RunningLocalStack
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    await makeClip(clip, clipSeconds)
    stack = await startLocalStack({ env: { ZOETROPE_PROGRESS_MS: '200' } })
    browser = await launchChromium()
    page = await browser.newPage()
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text())
    })
    await page.goto(`${stack.urls['console']}/#key=${stack.key}`)
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
    await stack?.close()
    rmSync(scratch, { recursive: true, force: true })
  }, 60_000)

  it('takes the key out of the address and says that nothing is here yet', async () => {
    await page.getByText('Nothing here yet').waitFor()

    expect(page.url()).toBe(`${stack.urls['console']}/#/assets`)
  }, 30_000)

  it(
    'shows an upload, and its job with at least three rising percentages',
    async () => {
      await page.locator('input[type=file]').setInputFiles(clip)
      await page.locator('[data-asset] .name', { hasText: 'turning wheel.mp4' }).waitFor({ timeout: 60_000 })
      await page.getByRole('link', { name: 'Jobs' }).click()
      const row = page.locator('[data-job]').first()
      const percents: number[] = []

      await until(jobMs, async () => {
        const text = await row
          .locator('.percent')
          .textContent({ timeout: 200 })
          .catch(() => null)
        if (text) percents.push(Number.parseInt(text, 10))
        return (await row.locator('.badge').textContent({ timeout: 200 })) === 'succeeded' ? true : undefined
      })

      expect(new Set(percents).size).toBeGreaterThanOrEqual(3)
      expect(percents).toEqual(percents.toSorted((a, b) => a - b))
      expect(await row.textContent()).toMatch(/\$0\.\d+/)
    },
    jobMs + 90_000,
  )

  it('plays the video', async () => {
    await page.getByRole('link', { name: 'turning wheel.mp4' }).click()
    const video = page.locator('video')
    await video.waitFor()

    await video.evaluate((element: HTMLVideoElement) => {
      element.muted = true
      return element.play()
    })
    const playedSeconds = await until(30_000, async () => {
      const seconds = await video.evaluate((element: HTMLVideoElement) => element.currentTime)
      return seconds > 1.5 ? seconds : undefined
    })

    expect(playedSeconds).toBeGreaterThan(1.5)
    expect(await video.evaluate((element: HTMLVideoElement) => element.videoWidth)).toBeGreaterThan(0)
    expect(await video.evaluate((element: HTMLVideoElement) => element.duration)).toBeCloseTo(clipSeconds, 0)
  }, 60_000)

  it('shows an image', async () => {
    await page.getByRole('link', { name: 'Assets', exact: true }).click()
    await page.locator('input[type=file]').setInputFiles(photo)
    const picture = page.locator('[data-asset]', { hasText: 'photo.jpg' }).locator('img')
    await picture.waitFor({ timeout: 60_000 })

    const size = await until(30_000, () =>
      picture.evaluate((image: HTMLImageElement) =>
        image.complete && image.naturalWidth > 0
          ? { width: image.naturalWidth, height: image.naturalHeight }
          : undefined,
      ),
    )

    expect(size.height).toBeGreaterThan(size.width)
  }, 120_000)

  it('shows usage', async () => {
    await page.getByRole('link', { name: 'Usage' }).click()

    await page.locator('td', { hasText: 'video.encode' }).first().waitFor({ timeout: 30_000 })
  }, 60_000)

  it('reports no fault to the browser', () => {
    expect(faults).toEqual([])
  })
})
