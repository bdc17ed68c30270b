import { spawn } from 'node:child_process'
import { resolve } from 'node:path'

const repoRoot = resolve(import.meta.dirname, '..', '..')

/** Runs what `npm run smoke` runs, with this API key; answers its exit code and all that it printed. */
export function runSmoke(
  args: readonly string[],
  key: string,
): Promise<{ readonly code: number; readonly output: string }> {
  const child = spawn(process.execPath, ['tools/pipeline/src/run-smoke.ts', ...args], {
    cwd: repoRoot,
    env: { ...process.env, ZOETROPE_API_KEY: key, NO_COLOR: '1', FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  }
  return new Promise((done, reject) => {
    child.once('error', reject)
    child.once('close', (code) => done({ code: code ?? -1, output }))
  })
}
