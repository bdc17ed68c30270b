import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import type { LocalPrincipal } from './access-token.ts'
import { makeAccessToken } from './access-token.ts'

/** An endpoint that gives the tokens of managed identities. */
export interface IdentityEndpoint extends AsyncDisposable {
  /** What a process needs to be given tokens; Microsoft's clients read these variables in App Service too. */
  readonly environment: { readonly IDENTITY_ENDPOINT: string; readonly IDENTITY_HEADER: string }
  close(): Promise<void>
}

const apiVersion = '2019-08-01'

/** A request that gets no token: the status and the text that say why. */
class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/**
 * Stands in for the managed identity endpoint of App Service, on loopback: `GET ?api-version&resource&client_id` with the secret of this start in
 * `X-IDENTITY-HEADER`. All that may be asked for are user-assigned identities, by client id.
 */
export async function startIdentityEndpoint(options: {
  /** 0 takes a free one. */
  readonly port: number
  readonly principals: readonly LocalPrincipal[]
}): Promise<IdentityEndpoint> {
  const secret = randomBytes(32).toString('hex')
  const byClientId = new Map(options.principals.map((principal) => [principal.clientId, principal]))
  const server = createServer((request, response) => {
    try {
      answer(response, 200, giveToken(request, secret, byClientId))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      answer(response, error.status, { statusCode: error.status, message: error.message })
    }
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', resolve)
  })
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  const { port } = server.address() as AddressInfo
  return {
    environment: { IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/msi/token`, IDENTITY_HEADER: secret },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function giveToken(
  request: IncomingMessage,
  secret: string,
  byClientId: ReadonlyMap<string, LocalPrincipal>,
): Record<string, string> {
  const address = URL.parse(request.url ?? '/', 'http://identity')
  if (request.method !== 'GET' || address?.pathname !== '/msi/token')
    throw new Refusal(404, 'Ask by GET /msi/token.')
  const { searchParams } = address
  if (!isSecret(request.headers['x-identity-header'], secret)) {
    throw new Refusal(401, 'The header X-IDENTITY-HEADER is not the value of IDENTITY_HEADER.')
  }
  if (searchParams.get('api-version') !== apiVersion) {
    throw new Refusal(400, `The api-version must be ${apiVersion}.`)
  }
  const resource = searchParams.get('resource') ?? ''
  if (!URL.canParse(resource)) throw new Refusal(400, 'The resource must be the URI of a service.')
  const principal = byClientId.get(searchParams.get('client_id') ?? '')
  if (!principal) {
    throw new Refusal(
      400,
      'No managed identity has this client_id. There is no system-assigned identity here: name a user-assigned one by its client id.',
    )
  }
  const { token, expiresOn } = makeAccessToken(principal, resource, Math.floor(Date.now() / 1000))
  return {
    access_token: token,
    expires_on: String(expiresOn),
    resource,
    token_type: 'Bearer',
    client_id: principal.clientId,
  }
}

function isSecret(given: string | readonly string[] | undefined, secret: string): boolean {
  const [left, right] = [Buffer.from(String(given)), Buffer.from(secret)]
  return left.length === right.length && timingSafeEqual(left, right)
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}
