import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import { startApps } from './start-apps.ts'
import type { RunningAzurite } from './start-azurite.ts'
import { startAzurite } from './start-azurite.ts'
import type { RunningCosmos } from './start-cosmos.ts'
import { startCosmos } from './start-cosmos.ts'

/** A function app on the functions host, beside every account that it connects to: its own, and empty. */
export interface RunningApp extends AsyncDisposable {
  readonly url: string
  /** Fails where the app does not connect to the media storage. */
  readonly azurite: RunningAzurite
  /** Fails where the app does not connect to Cosmos DB. */
  readonly cosmos: RunningCosmos
  /** Everything that host and app have printed so far. */
  output(): string
  /** Runs a timer function, or another one without HTTP trigger, now; answers when it was taken. */
  run(functionName: string): Promise<void>
}

interface Manifest {
  readonly settings: readonly {
    readonly name: string
    readonly kind: 'value' | 'connection'
    readonly account?: 'media-storage' | 'cosmos' | 'cosmos-replica'
    readonly default?: string
  }[]
}

const apps = resolve(import.meta.dirname, '../../../apps')
/** Timers are left to the test. */
const hardlyEver = '0 0 0 1 1 *'

/** Starts one app with what its manifest names; settings of the caller stand above those that are made up. */
export async function startApp(
  name: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<RunningApp> {
  await using started = new AsyncDisposableStack()
  const manifest = JSON.parse(readFileSync(resolve(apps, name, 'manifest.json'), 'utf8')) as Manifest
  const settingOf = (account: string): string | undefined =>
    manifest.settings.find((setting) => setting.account === account)?.name
  const [azurite, cosmos, replica] = await Promise.all([
    settingOf('media-storage') ? startAzurite() : undefined,
    settingOf('cosmos') ? startCosmos() : undefined,
    settingOf('cosmos-replica') ? startCosmos() : undefined,
  ])
  for (const service of [azurite, cosmos, replica]) if (service) started.use(service)
  const connections = { 'media-storage': azurite, cosmos, 'cosmos-replica': replica }
  const values = manifest.settings.map(({ name: setting, account, default: text }) => [
    setting,
    (account && connections[account]?.connectionString) ?? madeUp(setting, text),
  ])
  const running = started.use(await startApps([name], { ...Object.fromEntries(values), ...settings }))
  const all = started.move()
  return {
    url: running.urls[name] ?? '',
    get azurite() {
      assert(azurite, `${name} has no connection to the media storage.`)
      return azurite
    },
    get cosmos() {
      assert(cosmos, `${name} has no connection to Cosmos DB.`)
      return cosmos
    },
    output: () => running.output(),
    run: (functionName) => running.run(name, functionName),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

/** What has no default is an address. */
function madeUp(setting: string, defaultText: string | undefined): string {
  return setting.endsWith('_SCHEDULE') ? hardlyEver : (defaultText ?? 'https://zoetrope.example')
}
