import { createHash } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Answers of a site's deployment service to one publish, in the order of the looks at it; the last one stays. */
export interface PublishScript {
  /** Refuses the upload itself. */
  readonly refusal?: { readonly status: number; readonly text: string }
  readonly looks?: readonly { readonly status: number; readonly status_text?: string }[]
}

interface Site {
  readonly app: string
  readonly version: string | undefined
}

/** The parts of Azure that a deployment speaks to, on loopback: the list of sites, their deployment service, their `/health`. */
export class FakeAzure {
  /** Of each request for a token-protected thing: who asked for what. */
  readonly requests: string[] = []
  /** Which app got which version, in order. */
  readonly installs: string[] = []
  managementUrl = ''
  /** Per app: what its next publishes do; without one they succeed. */
  readonly scripts = new Map<string, PublishScript[]>()
  /** Apps that let in Front Door only. */
  readonly closed = new Set<string>()
  /** Versions that do not start. */
  readonly broken = new Set<string>()
  readonly #versions = new Map<string, string | undefined>()
  /** sha256 of a package -> its version. */
  readonly #known = new Map<string, string>()
  readonly #servers: Server[] = []
  readonly #token: string

  constructor(token: string) {
    this.#token = token
  }

  async start(sites: readonly Site[]): Promise<void> {
    const rows: unknown[] = []
    for (const { app, version } of sites) {
      this.#versions.set(app, version)
      const host = await this.#listen((_request, response) => this.#answerHealth(app, response))
      const deployHost = await this.#listen((request, response) =>
        this.#deployService(app, request, response),
      )
      rows.push({
        name: `func-${app}`,
        tags: { 'azd-service-name': app },
        properties: {
          defaultHostName: host,
          hostNameSslStates: [
            { name: host, hostType: 'Standard' },
            { name: deployHost, hostType: 'Repository' },
          ],
        },
      })
    }
    rows.push({
      name: 'of-others',
      tags: null,
      properties: { defaultHostName: 'elsewhere', hostNameSslStates: [] },
    })
    const management = await this.#listen((request, response) => {
      if (!this.#isKnown(request, response)) return
      const page = new URL(request.url ?? '', 'http://x').searchParams.get('page')
      // In two pages, as Azure gives long lists.
      const nextLink = page ? null : `http://${management}${request.url}&page=2`
      json(response, 200, { value: page ? rows.slice(2) : rows.slice(0, 2), nextLink })
    })
    this.managementUrl = `http://${management}`
  }

  /** Tells which version a zip holds. */
  know(zip: Uint8Array, version: string): void {
    this.#known.set(createHash('sha256').update(zip).digest('hex'), version)
  }

  runningVersion(app: string): string | undefined {
    return this.#versions.get(app)
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    }
  }

  #answerHealth(app: string, response: ServerResponse): void {
    if (this.closed.has(app)) return json(response, 403, 'Ip Forbidden')
    const version = this.#versions.get(app)
    if (!version || this.broken.has(version)) return json(response, 503, 'The service is unavailable.')
    json(response, 200, { status: 'ok', app, version })
  }

  #deployService(app: string, request: IncomingMessage, response: ServerResponse): void {
    if (!this.#isKnown(request, response)) return
    if (request.method === 'POST' && request.url === '/api/publish?RemoteBuild=false') {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => this.#publish(app, request, Buffer.concat(chunks), response))
      return
    }
    const id = /^\/api\/deployments\/(.+)$/.exec(request.url ?? '')?.[1]
    const looks = id ? this.#looks.get(id) : undefined
    if (!looks) return json(response, 404, `Deployment ${id} not found.`)
    const look = looks.length > 1 ? looks.shift() : looks[0]
    json(response, 200, { id, ...look })
  }

  readonly #looks = new Map<string, { status: number; status_text?: string }[]>()

  #publish(app: string, request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const { refusal, looks = [{ status: 0 }, { status: 2 }, { status: 4 }] } =
      this.scripts.get(app)?.shift() ?? {}
    if (refusal) return json(response, refusal.status, refusal.text)
    const version = this.#known.get(createHash('sha256').update(body).digest('hex'))
    if (!version || request.headers['content-type'] !== 'application/zip') {
      return json(response, 400, 'That is no package.')
    }
    const id = `deployment-${this.#looks.size + 1}`
    this.#looks.set(id, [...looks])
    if (looks.at(-1)?.status === 4) {
      this.#versions.set(app, version)
      this.installs.push(`${app} ${version}`)
    }
    json(response, 202, id)
  }

  #isKnown(request: IncomingMessage, response: ServerResponse): boolean {
    this.requests.push(`${request.method} ${request.url?.split('?')[0]}`)
    if (request.headers.authorization === `Bearer ${this.#token}`) return true
    json(response, 401, 'Who are you?')
    return false
  }

  async #listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
    const server = createServer(answer)
    this.#servers.push(server)
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    return `127.0.0.1:${(server.address() as AddressInfo).port}`
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
