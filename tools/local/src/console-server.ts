import type { ServerResponse } from 'node:http'
import { createServer } from 'node:http'

import type { ConsoleAddresses } from '@zoetrope/packager'
import { consoleHeaders } from '@zoetrope/packager'

import type { ConsoleFile } from './console-files.ts'

/** Where the page lives and what it may reach. */
export interface ConsoleServerOptions extends ConsoleAddresses {
  /** Its files by their path under `/`. */
  readonly readFiles: () => Promise<ReadonlyMap<string, ConsoleFile>>
  readonly port: number
}

/** Serves the console's page; its files are read on the first request, or when `prepare` is called. */
export interface ConsoleServer {
  prepare(): Promise<void>
  close(): Promise<void>
}

/** Starts the console's server on loopback. */
export async function startConsoleServer(options: ConsoleServerOptions): Promise<ConsoleServer> {
  let bundle: Promise<ReadonlyMap<string, ConsoleFile>> | undefined
  const files = (): Promise<ReadonlyMap<string, ConsoleFile>> => (bundle ??= options.readFiles())
  const config = Buffer.from(JSON.stringify({ apiUrl: options.apiUrl, deliveryUrl: options.deliveryUrl }))
  const headers = consoleHeaders(options)

  const server = createServer((request, response) => {
    // Anything may be asked for, `//` too, which is no URL.
    const path = URL.parse(request.url ?? '/', 'http://console')?.pathname ?? ''
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      answer(response, 405, { contentType: 'text/plain', body: Buffer.from('Method not allowed') }, headers)
    } else if (path === '/config.json') {
      answer(response, 200, { contentType: 'application/json', body: config }, headers)
    } else {
      files().then(
        (known) => {
          const file = known.get(path === '/index.html' ? '/' : path)
          if (file) answer(response, 200, file, headers)
          else answer(response, 404, { contentType: 'text/plain', body: Buffer.from('Not found') }, headers)
        },
        (error: unknown) => {
          bundle = undefined
          const text = `The console could not be bundled: ${String(error)}`
          answer(response, 500, { contentType: 'text/plain', body: Buffer.from(text) }, headers)
        },
      )
    }
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', resolve)
  })
  return {
    prepare: async () => void (await files()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function answer(
  response: ServerResponse,
  status: number,
  file: ConsoleFile,
  headers: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, {
    ...headers,
    'content-type': file.contentType,
    'content-length': file.body.byteLength,
    'cache-control': 'no-cache',
  })
  response.end(response.req.method === 'HEAD' ? undefined : file.body)
}
