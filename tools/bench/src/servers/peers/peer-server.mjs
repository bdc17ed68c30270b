// What the servers of peers share: `PROGRAM FOLDER`, where the peer's packages are installed and its data may lie.
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const startLimitMs = 60_000

/** The folder of the peer. */
export const folder = process.argv[2] ?? ''
/** Loads a package that is installed there. */
export const load = createRequire(join(folder, 'package.json'))

const children = []
process.on('exit', () => {
  for (const { child, killSignal } of children) child.kill(killSignal)
})
process.on('SIGTERM', () => process.exit(0))
process.on('disconnect', () => process.exit(0))
const startLimit = setTimeout(() => fail(`Did not start within ${startLimitMs} ms.`), startLimitMs)

/** Ends this process, and with it the peer's programs. */
export function fail(message) {
  console.error(message)
  process.exit(1)
}

/** Starts a program that ends with this process; this process ends when the program does. */
export function startProgram(command, parameters, { killSignal = 'SIGKILL', ...options } = {}) {
  const child = spawn(command, parameters, { stdio: ['ignore', 'ignore', 'inherit'], ...options })
  children.push({ child, killSignal })
  child.on('error', (error) => fail(`${command}: ${error.message}`))
  child.on('exit', (code) => fail(`${command} ended (${code}).`))
}

/** Tries until it succeeds; the limit on starting ends it. */
export async function untilItSucceeds(attempt) {
  for (;;) {
    try {
      return await attempt()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

/** Tells the parent where the peer's workflows are started: `POST URL/chain` and `POST URL/fan` answer when one has ended. */
export function tellParent(url) {
  clearTimeout(startLimit)
  process.send?.(url)
}

/** Serves workflows (functions that resolve to their result, by name) and tells the parent. */
export function serveWorkflows(workflows) {
  const server = createServer((request, response) => {
    const answer = (status, value) => {
      const body = JSON.stringify(value)
      response.writeHead(status, { 'content-length': Buffer.byteLength(body) }).end(body)
    }
    workflows[request.url.slice(1)]().then(
      (value) => answer(200, value),
      (error) => answer(500, String(error)),
    )
  })
  server.listen(0, '127.0.0.1', () => tellParent(`http://127.0.0.1:${server.address().port}`))
}
