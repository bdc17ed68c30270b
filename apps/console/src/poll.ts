import { effect } from '@preact/signals'

import { isBusy, refresh } from './library.ts'
import { lookNow, waitForTurn } from './look-now.ts'
import { client } from './session.ts'
import { hasOpenUploads } from './uploads.ts'

const busyMs = 1_000
const calmMs = 5_000

/** Looks every second while something runs, and every few seconds otherwise; not at all while nobody sees the page. */
export function startPolling(): void {
  document.addEventListener('visibilitychange', lookNow)
  effect(() => {
    if (client.value) lookNow()
  })
  void pollForEver()
}

async function pollForEver(): Promise<never> {
  for (;;) {
    if (client.value && !document.hidden) await refresh(client.value)
    const waitMs = isBusy.value || hasOpenUploads.value ? busyMs : calmMs
    await waitForTurn(waitMs)
  }
}
