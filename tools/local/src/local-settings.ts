import type { AppManifest } from './app-manifests.ts'
import type { ConnectionSettings } from './connection-settings.ts'

/** What the stack sets for its apps. */
export interface LocalSettings {
  /** Every value that an app may declare, by name; what the caller set stands above the rest. */
  readonly values: Readonly<Record<string, string>>
  readonly connect: ConnectionSettings
}

/** The settings of the stack on these ports; `ZOETROPE_...` variables of the caller stand above them. */
export function makeLocalSettings(
  ports: ReadonlyMap<string, number>,
  environment: Readonly<Record<string, string | undefined>>,
  connect: ConnectionSettings,
): LocalSettings {
  const url = (name: string): string => `http://127.0.0.1:${ports.get(name)}`
  const own = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[0].startsWith('ZOETROPE_') && entry[1] !== undefined,
  )
  return {
    values: {
      ZOETROPE_API_URL: url('api'),
      ZOETROPE_DELIVERY_URL: url('delivery'),
      ZOETROPE_CORS_ORIGINS: `${url('console')},http://localhost:${ports.get('console')}`,
      ...Object.fromEntries(own),
    },
    connect,
  }
}

/**
 * The settings of one app: those it declares, and what every function app has. Defaults are written out, as they are in Azure, because the host
 * needs them too (a timer's `%SCHEDULE%`).
 */
export function settingsOfApp(app: AppManifest, settings: LocalSettings): Record<string, string> {
  // Defaults are handed out too, because bindings name settings (`%NAME%`) that the app's code never reads.
  const declared = app.settings.flatMap(({ name, account, default: defaultText }) => {
    const value = settings.values[name] ?? defaultText
    if (value !== undefined) return [[name, value] as const]
    return account === undefined ? [] : Object.entries(settings.connect(name, account, app.name))
  })
  return {
    ...settings.connect('AzureWebJobsStorage', 'host-storage', app.name),
    FUNCTIONS_WORKER_RUNTIME: 'node',
    ...Object.fromEntries(declared),
  }
}
