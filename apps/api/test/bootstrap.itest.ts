import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:https'
import { createServer, request as send } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { systemTenantId } from '@zoetrope/contracts'
import { cosmosStore, tenantAuthenticator } from '@zoetrope/store'
import type { RunningCosmos } from '@zoetrope/test-kit'
import { startCosmos } from '@zoetrope/test-kit'
import { z } from 'zod'

const script = resolve(import.meta.dirname, '../src/bootstrap.ts')
const scratch = mkdtempSync(join(tmpdir(), 'zoetrope-bootstrap-'))
const data = join(scratch, 'cosmos')
const certificate = join(data, 'certificate.pem')
const printedKey = /^ {2}(zk_\S+)$/m
let cosmos: RunningCosmos
let account: Server
/** How many requests the account still answers as one does whose caller has no role yet. */
let refusals = 0

beforeAll(async () => {
  cosmos = await startCosmos(data)
  const target = new URL(cosmos.httpsEndpoint ?? '')
  const identity = { cert: readFileSync(certificate), key: readFileSync(join(data, 'certificate-key.pem')) }
  account = createServer(identity, (incoming, response) => {
    if (refusals > 0) {
      refusals -= 1
      response.writeHead(403, { 'content-type': 'application/json', 'x-ms-substatus': '5301' })
      return response.end(JSON.stringify({ code: 'Forbidden', message: noRole }))
    }
    const { method, headers, url: path } = incoming
    const forwarded = send(
      { host: target.hostname, port: target.port, ca: identity.cert, method, headers, path },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(response)
      },
    )
    return incoming.pipe(forwarded)
  })
  await new Promise<void>((ready) => account.listen(0, '127.0.0.1', ready))
  makeAzd('signed-in', `echo '{"token":"${token()}","expiresOn":"2099-01-01T00:00:00Z"}'`)
  makeAzd('signed-out', `echo 'ERROR: not logged in, run azd auth login to login' >&2; exit 1`)
}, 60_000)
afterAll(async () => {
  account.closeAllConnections()
  await new Promise((closed) => account.close(closed))
  await cosmos[Symbol.asyncDispose]()
  rmSync(scratch, { recursive: true, force: true })
})

describe('npm run bootstrap, as whoever is signed in to azd', () => {
  it('makes the documents of the product, a tenant and its key, once the role has taken effect', async () => {
    refusals = 1

    const { code, output } = await bootstrap('signed-in')

    expect([code, output]).toEqual([0, output])
    expect(output).toContain('Waiting until the role assignment takes effect')
    expect(output).toMatch(/Tenant "default" \(ten_\w+\) is made\./)
    const { catalog } = cosmosStore(cosmos.database)
    const [, tenantId] = /\((ten_\w+)\)/.exec(output) ?? []
    const key = printedKey.exec(output)?.[1]
    expect(await tenantAuthenticator(catalog)(`Bearer ${key}`)).toBe(tenantId)
    const prices = await catalog.query(z.looseObject({ id: z.string() }), [systemTenantId], {
      text: "SELECT * FROM c WHERE c.kind = 'priceBook'",
    })
    expect(prices).not.toHaveLength(0)
  })

  it('prints no key the second time, and another one where it is asked for', async () => {
    const again = await bootstrap('signed-in')
    const withKey = await bootstrap('signed-in', '--new-key')

    expect([again.code, again.output]).toEqual([0, again.output])
    expect(again.output).toMatch(/Tenant "default" \(ten_\w+\) exists\.\nIts key was shown/)
    expect(again.output).not.toMatch(/zk_/)
    const key = printedKey.exec(withKey.output)?.[1]
    const authenticate = tenantAuthenticator(cosmosStore(cosmos.database).catalog)
    expect(await authenticate(`Bearer ${key}`)).toMatch(/^ten_/)
  })

  it('says what to do when nobody is signed in', async () => {
    const { code, output } = await bootstrap('signed-out')

    expect(code).toBe(1)
    expect(output).toMatch(/^Nobody is signed in to Azure[^\n]*`azd auth login`/)
    expect(output).not.toContain('    at ')
  })

  it('says what to do when nothing names an account, or nobody answers there', async () => {
    const unnamed = await bootstrap('signed-in', { AZURE_COSMOS_ENDPOINT: '' })
    const away = await bootstrap('signed-in', { AZURE_COSMOS_ENDPOINT: 'https://127.0.0.1:9' })

    expect(unnamed).toMatchObject({ code: 1 })
    expect(unnamed.output).toContain('Run this where `azd up` has run, or set AZURE_COSMOS_ENDPOINT')
    expect(away).toMatchObject({ code: 1 })
    expect(away.output).toContain('The account cannot be reached')
  })

  it.each(['not an address', 'http://127.0.0.1:9/'])(
    'sends no token to "%s", and says what to write',
    async (address) => {
      const { code, output } = await bootstrap('signed-in', { AZURE_COSMOS_ENDPOINT: address })

      expect(code).toBe(1)
      expect(output).toContain(`AZURE_COSMOS_ENDPOINT is "${address}"`)
      expect(output).not.toContain('    at ')
    },
  )
})

const noRole =
  'Request blocked by Auth zoetrope : Request is blocked because principal [00000000-0000-0000-0000-000000000000] does not have required RBAC permissions to perform action [Microsoft.DocumentDB/databaseAccounts/readMetadata] on resource [/].'

/** Runs the program as a hook of azd does. */
function bootstrap(
  azd: 'signed-in' | 'signed-out',
  more: string | Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly output: string }> {
  const env = {
    // No other command line that may be signed in.
    PATH: join(scratch, azd),
    HOME: scratch,
    NODE_EXTRA_CA_CERTS: certificate,
    AZURE_COSMOS_ENDPOINT: `https://127.0.0.1:${(account.address() as AddressInfo).port}`,
    ...(typeof more === 'string' ? {} : more),
  }
  const args = ['--disable-warning=ExperimentalWarning', script, ...(typeof more === 'string' ? [more] : [])]
  return new Promise((done) => {
    execFile(process.execPath, args, { env, timeout: 60_000 }, (error, stdout, stderr) =>
      done({ code: error ? Number(error.code ?? -1) : 0, output: stdout + stderr }),
    )
  })
}

/** A command `azd` that answers `azd auth token` so, and knows no environment. */
function makeAzd(name: string, answer: string): void {
  mkdirSync(join(scratch, name))
  const file = join(scratch, name, 'azd')
  writeFileSync(file, `#!/bin/sh\nif [ "$1" = auth ]; then ${answer}; else exit 1; fi\n`)
  chmodSync(file, 0o755)
}

/** An unsigned token with the claims of Microsoft Entra. */
function token(): string {
  const nowSeconds = Math.floor(Date.now() / 1000)
  const claims = {
    aud: 'https://cosmos.azure.com',
    oid: 'someone',
    nbf: nowSeconds - 60,
    exp: nowSeconds + 3600,
  }
  return `${[{ alg: 'none' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`
}
