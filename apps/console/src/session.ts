import { computed, signal } from '@preact/signals'
import { createClient } from '@zoetrope/client'
import type { ZoetropeClient } from '@zoetrope/client'
import { z } from 'zod'

const storageName = 'zoetrope.key'
const RuntimeConfig = z.object({ apiUrl: z.string() })

const apiUrl = signal<string | undefined>()
/** The API key; kept for this tab alone. */
export const key = signal<string | undefined>()
/** Client of the API; undefined until there is a key. */
export const client = computed<ZoetropeClient | undefined>(() =>
  apiUrl.value && key.value ? createClient({ apiUrl: apiUrl.value, key: key.value }) : undefined,
)

/** Reads where the API is, and the key: from the fragment of a printed address once, later from this tab's storage. */
export async function startSession(): Promise<void> {
  const fragment = new URLSearchParams(location.hash.slice(1)).get('key')
  if (fragment) {
    sessionStorage.setItem(storageName, fragment)
    // The key must not stay in the address bar or in the history.
    history.replaceState(null, '', '#/assets')
  }
  key.value = sessionStorage.getItem(storageName) ?? undefined
  const response = await fetch('/config.json')
  apiUrl.value = RuntimeConfig.parse(await response.json()).apiUrl
}

/** Takes a key that a person typed. */
export function signIn(text: string): void {
  sessionStorage.setItem(storageName, text)
  key.value = text
}

/** Forgets the key. */
export function signOut(): void {
  sessionStorage.removeItem(storageName)
  key.value = undefined
}
