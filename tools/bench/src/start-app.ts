import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'

const root = resolve(import.meta.dirname, '../../..')
const cli = join(root, 'tools/functions-host/bin/functions-host.mjs')

/** An app with the SDKs that apps of ours load, unbundled and as one file, in a folder that is removed at the end. */
export class StartApps implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'bench-start-'))

  /** Writes both apps. */
  static async create(): Promise<StartApps> {
    const apps = new StartApps()
    const source = join(import.meta.dirname, 'start-app')
    for (const name of ['unbundled', 'bundled']) {
      mkdirSync(join(apps.directory, name))
      cpSync(join(source, 'host.json'), join(apps.directory, name, 'host.json'))
      writeFileSync(
        join(apps.directory, name, 'package.json'),
        JSON.stringify({ name, type: 'module', main: 'main.mjs' }),
      )
    }
    cpSync(join(source, 'main.mjs'), join(apps.directory, 'unbundled', 'main.mjs'))
    symlinkSync(join(root, 'node_modules'), join(apps.directory, 'unbundled', 'node_modules'), 'dir')
    await build({
      entryPoints: [join(source, 'main.mjs')],
      outfile: join(apps.directory, 'bundled', 'main.mjs'),
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      external: ['@azure/functions-core'],
      logLevel: 'error',
      banner: {
        js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
      },
    })
    return apps
  }

  /** From the start of a host's process to the first 200 of its app, ms. */
  async millisecondsToFirstAnswer(name: string, env: Readonly<Record<string, string>>): Promise<number> {
    const startedAt = performance.now()
    const data = join(this.directory, 'data')
    const args = [cli, 'start', '--app', `${join(this.directory, name)}:0`, '--data', data]
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      for await (const line of createInterface({ input: child.stdout })) {
        const url = /"url":"([^"]+)"/.exec(line)?.[1]
        if (!url) continue
        const { status } = await fetch(`${url}/api/ready`)
        if (status !== 200) throw new Error(`The app "${name}" answered ${status}.`)
        return performance.now() - startedAt
      }
      throw new Error(`The host of the app "${name}" ended before it served.`)
    } finally {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}
