// `npm start`: the whole product on this machine, until Ctrl-C.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join, resolve } from 'node:path'

import { Command } from 'commander'
import pc from 'picocolors'

import type { LocalStack } from './local-stack.ts'
import { startStack } from './local-stack.ts'
import { unpackApps } from './packaged-apps.ts'
import { compareStarts } from './start-times.ts'
import { readRunningStack } from './stack-file.ts'

interface Options {
  readonly demo?: true
  readonly exit?: true
  readonly out?: string
  readonly data?: string
  readonly ports?: string
  readonly identity?: true
  readonly record?: string
  readonly packaged?: true
  readonly verbose?: true
}

const root = resolve(import.meta.dirname, '..', '..', '..')
/** npm changes the working directory to the repo; files are named from where the person stands. */
const caller = process.env['INIT_CWD'] ?? process.cwd()
/** A Ctrl-C this long after the first means: at once. */
const impatientMs = 1_000
let stackStartedAtMs = 0
let startedAtMs = Number(process.env['LAUNCHED_AT_MS'] ?? performance.timeOrigin)

const command = new Command('npm start --')
  .description('Starts Zoetrope on this machine: storage, database, every function app and the console.')
  .argument('[files...]', 'images, videos and sounds to upload and process')
  .option('--demo', 'process two small files of ours')
  .option('--exit', 'end when the jobs have ended; exit code 0 only if all succeeded')
  .option('--out <dir>', 'download the results into this folder')
  .option('--data <dir>', 'where everything lives (default: .zoetrope)')
  .option('--ports <0>', '0: free ports instead of the usual ones')
  .option(
    '--identity',
    'HTTPS and tokens of managed identities, as in Azure, in place of HTTP and account keys',
  )
  .option('--record <file>', 'write down what each app does to storage and databases')
  .option('--packaged', 'run the packages that would be deployed, made anew where something has changed')
  .option('--verbose', 'print what every process says')
  .parse()
const options = command.opts<Options>()
const dataDirectory = options.data ? resolve(caller, options.data) : join(root, '.zoetrope')
enableCompileCache(join(dataDirectory, 'compile-cache'))
const files = [
  ...command.args.map((file) => resolve(caller, file)),
  ...(options.demo ? ['photo.jpg', 'clip.mp4'].map((file) => join(root, 'examples', 'demo', file)) : []),
]

try {
  process.exitCode = await main()
} catch (error) {
  console.error(pc.red(error instanceof Error ? error.message : String(error)))
  // What had started when a start failed still listens, and would keep this process for ever; its children end with it.
  process.exit(1)
}

async function main(): Promise<number> {
  const running = readRunningStack(join(dataDirectory, 'stack.json'))
  if (running) {
    console.log(`Zoetrope is already running (process ${running.pid}), console: ${running.urls['console']}`)
    if (files.length > 0) return processFiles(running)
    console.log('End that one first, or start a second one with --data DIR --ports 0.')
    return 1
  }
  const ended = Promise.withResolvers<number>()
  // The terminal and npm both pass a Ctrl-C on: the second of a pair is no second wish.
  let firstSignalMs = 0
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (firstSignalMs > 0 && Date.now() - firstSignalMs > impatientMs) process.exit(130)
      firstSignalMs ||= Date.now()
      ended.resolve(options.exit ? 130 : 0)
    })
  }
  const say = (text: string): void => console.log(pc.yellow(text))
  const appsDirectory = options.packaged ? await unpackApps(root, dataDirectory, say) : undefined
  stackStartedAtMs = Date.now()
  // What packaging takes is no part of a start.
  if (appsDirectory) startedAtMs = stackStartedAtMs
  const stack = await startStack({
    root,
    ...(appsDirectory ? { appsDirectory } : {}),
    dataDirectory,
    ports: options.ports === '0' ? 'free' : 'fixed',
    access: options.identity ? 'identity' : 'keys',
    environment: process.env,
    ...(options.record ? { recordFile: resolve(caller, options.record) } : {}),
    say,
    ...(options.verbose
      ? { onLine: (name: string, line: string) => console.log(`${pc.dim(`${name} |`)} ${line}`) }
      : {}),
  })
  try {
    return await Promise.race([serve(stack, ended.promise), ended.promise])
  } finally {
    await stack.close()
  }
}

/** Announces the stack, processes the files, and stays until the end is asked for. */
async function serve(stack: LocalStack, ended: Promise<number>): Promise<number> {
  await stack.healthy
  const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1)
  const count = Object.keys(stack.urls).length - 1
  const kind = options.packaged ? 'packaged apps' : 'apps'
  const comparison = compareStarts(
    dataDirectory,
    options.packaged ? 'packages' : 'sources',
    Date.now() - stackStartedAtMs,
  )
  console.log(pc.green(`All ${count} ${kind} answer, ${seconds} s after the start (budget 5.0 s)`))
  if (comparison) console.log(pc.dim(comparison))
  await stack.seeded
  announce(stack)
  let code = 0
  if (files.length > 0) code = await processFiles(stack)
  if (options.exit) return code
  console.log(pc.dim('Ctrl-C ends it.'))
  return ended
}

function announce({ urls, keyFile, logDirectory }: LocalStack): void {
  const { key } = JSON.parse(readFileSync(keyFile, 'utf8')) as { readonly key: string }
  const { console: page = '', api = '', ...others } = urls
  console.log(`\n  ${pc.bold('console')}    ${pc.cyan(`${page}/#key=${key}`)}`)
  console.log(`  ${pc.bold('api')}        ${pc.cyan(api)}   (${api}/openapi.json)`)
  for (const [name, url] of Object.entries(others)) console.log(`  ${name.padEnd(10)} ${url}`)
  console.log(`\n  demo key   ${keyFile}`)
  console.log(`  logs       ${logDirectory}\n`)
}

/** Uploads through the public API like any other client: the client's command line is a program of its own. */
async function processFiles({
  urls,
  keyFile,
  environment,
}: Pick<LocalStack, 'urls' | 'keyFile' | 'environment'>): Promise<number> {
  const args = ['process', ...files, '--api', urls['api'] ?? '', '--key-file', keyFile]
  if (options.out) args.push('--out', resolve(caller, options.out))
  const child = spawn(process.execPath, [join(root, 'libs/client/src/cli.ts'), ...args], {
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  })
  return new Promise((done) => {
    child.once('error', () => done(1))
    child.once('exit', (code) => done(code ?? 1))
  })
}
