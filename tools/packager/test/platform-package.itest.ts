import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { findPlatformPackage } from '../src/platform-package.ts'

const scratch = mkdtempSync(join(tmpdir(), 'zoetrope-platform-package-'))
const folder = 'node_modules/@native/linux-x64'
const npmSettings = { npm_config_registry: '', npm_config_cache: join(scratch, 'npm-cache') }
const before = new Map(Object.keys(npmSettings).map((name) => [name, process.env[name]]))
let registry: Server
let integrity = ''

beforeAll(async () => {
  const tarball = packTarball()
  integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
  registry = createServer((request, response) => {
    if (request.url?.endsWith('.tgz')) return response.end(tarball)
    const version = {
      name: '@native/linux-x64',
      version: '1.0.0',
      dist: { tarball: `${url()}/a.tgz`, integrity },
    }
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({
        name: version.name,
        'dist-tags': { latest: '1.0.0' },
        versions: { '1.0.0': version },
      }),
    )
  })
  await new Promise<void>((ready) => registry.listen(0, '127.0.0.1', ready))
  Object.assign(process.env, { ...npmSettings, npm_config_registry: url() })
})
afterAll(async () => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  await new Promise((closed) => registry.close(closed))
  rmSync(scratch, { recursive: true, force: true })
})

describe('a package of binaries for Azure', () => {
  it('is taken from where npm installed it', async () => {
    const root = join(scratch, 'installed')
    mkdirSync(join(root, folder), { recursive: true })
    writeFileSync(join(root, folder, 'package.json'), '{"version":"1.0.0"}')

    const found = await findPlatformPackage({ root, folder, entry: { version: '1.0.0' }, cache: scratch })

    expect(found).toBe(join(root, folder))
  })

  it('is fetched by npm where this machine is of another platform, and kept', async () => {
    const wanted = {
      root: scratch,
      folder,
      entry: { version: '1.0.0', integrity },
      cache: join(scratch, 'kept'),
    }

    const found = await findPlatformPackage(wanted)
    registry.closeAllConnections()
    const again = await findPlatformPackage(wanted)

    expect(readFileSync(join(found, 'binary.node'), 'utf8')).toBe('machine code')
    expect(again).toBe(found)
  })

  it('is refused when it is not what the lock file names', async () => {
    const entry = { version: '1.0.0', integrity: 'sha512-other' }

    await expect(
      findPlatformPackage({ root: scratch, folder, entry, cache: join(scratch, 'refused') }),
    ).rejects.toThrow('the lock file says sha512-other')
  })
})

function url(): string {
  return `http://127.0.0.1:${(registry.address() as AddressInfo).port}`
}

function packTarball(): Buffer {
  const content = join(scratch, 'tarball', 'package')
  mkdirSync(content, { recursive: true })
  writeFileSync(join(content, 'package.json'), '{"name":"@native/linux-x64","version":"1.0.0"}')
  writeFileSync(join(content, 'binary.node'), 'machine code')
  execFileSync('tar', ['-czf', join(scratch, 'a.tgz'), '-C', join(scratch, 'tarball'), 'package'])
  return readFileSync(join(scratch, 'a.tgz'))
}
