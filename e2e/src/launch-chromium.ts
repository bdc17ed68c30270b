import { existsSync } from 'node:fs'

import type { Browser } from 'playwright-core'
import { chromium } from 'playwright-core'

/** Debian's Chromium, or the one that `CHROMIUM` names; undefined where there is none. */
export const chromiumFile: string | undefined = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
].find((file) => file !== undefined && existsSync(file))

/** Starts Chromium without a window, and without anything that would reach for the network by itself. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    ...(chromiumFile ? { executablePath: chromiumFile } : {}),
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--autoplay-policy=no-user-gesture-required',
    ],
  })
}
