import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import { startProgram } from './start-program.ts'
import { until } from './until.ts'

/** Function apps that run on the functions host. */
export interface RunningApps extends AsyncDisposable {
  /** Address of each app. */
  readonly urls: Readonly<Record<string, string>>
  /** Everything that host and apps have printed so far. */
  output(): string
  /** Runs a timer function, or another one without HTTP trigger, now; answers when it was taken. */
  run(app: string, functionName: string): Promise<void>
}

const root = resolve(import.meta.dirname, '../../..')
const cli = join(root, 'tools/functions-host/src/cli.ts')

/** Looks at queues often, gives messages back at once, and leaves timers to the test. */
const hastened = {
  ZOETROPE_SWEEP_SCHEDULE: '0 0 0 1 1 *',
  AzureFunctionsJobHost__extensions__queues__maxPollingInterval: '00:00:00.100',
  AzureFunctionsJobHost__extensions__queues__visibilityTimeout: '00:00:00',
}

/** Starts apps of this repository on one functions host, on free ports, with these settings. */
export async function startApps(
  names: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<RunningApps> {
  const folder = await mkdtemp(join(tmpdir(), 'zoetrope-apps-'))
  const settingsFile = join(folder, 'settings.json')
  await writeFile(settingsFile, JSON.stringify({ ...hastened, ...settings }), { mode: 0o600 })
  const apps = names.flatMap((name) => ['--app', `${join(root, 'apps', name)}:0:${settingsFile}`])
  const isReady = /^Host ready: (.*)$/
  const program = await startProgram([cli, 'start', '--data', folder, ...apps], isReady).catch(
    async (error: unknown) => {
      await rm(folder, { recursive: true, force: true })
      throw error
    },
  )
  const close = async (): Promise<void> => {
    await program[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  const ready = await until(() => readUrls(program.output(), names.length), { what: 'all apps' })
  const urls = Object.fromEntries(ready)
  return {
    urls,
    output: () => program.output(),
    run: async (app, functionName) => {
      const response = await fetch(`${urls[app]}/admin/functions/${functionName}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      })
      assert.equal(response.status, 202, `${functionName} was not taken`)
    },
    [Symbol.asyncDispose]: close,
  }
}

/** The apps that have said that they are ready; undefined until all of them have. */
function readUrls(output: string, count: number): (readonly [string, string])[] | undefined {
  const urls = [...output.matchAll(/^Host ready: (\{.*\})$/gm)].map(([, json = '']) => {
    const { app, url } = JSON.parse(json) as { app: string; url: string }
    return [app, url] as const
  })
  return urls.length < count ? undefined : urls
}
