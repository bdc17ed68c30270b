import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** Beside `src` in the repository, beside `dist` in the package. */
const folder = new URL('../../explorer/', import.meta.url)
const place = '/_explorer'
const html = 'text/html; charset=utf-8'
const script = 'text/javascript; charset=utf-8'
const types: Record<string, string> = {
  'index.html': html,
  'explorer.css': 'text/css; charset=utf-8',
  'main.js': script,
  'rest.js': script,
  'elements.js': script,
  'partition-key.js': script,
  'documents.js': script,
  'query.js': script,
  'changes.js': script,
  'definition.js': script,
  'usage.js': script,
}

/** What the page may load: its own files, and answers of its own host. No other page may frame it. */
const policy = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self'`,
  `connect-src 'self'`,
  'img-src data:',
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ')

/** Whether a request is for the explorer's files. They hold no data: the page asks for that as every client does, signed. */
export function isExplorer(incoming: IncomingMessage): boolean {
  const { method, url = '' } = incoming
  return method === 'GET' && (url === place || url.startsWith(`${place}/`) || isVisit(incoming))
}

/** Whether somebody has opened the account's endpoint in a browser. */
function isVisit({ url, headers }: IncomingMessage): boolean {
  return url === '/' && headers.authorization === undefined && /\btext\/html\b/.test(headers.accept ?? '')
}

/** GET `/_explorer`: the page and what it loads. A browser at `/` is sent there. */
export function answerExplorer(incoming: IncomingMessage, outgoing: ServerResponse): void {
  if (isVisit(incoming)) {
    outgoing.writeHead(302, { location: place, 'cache-control': 'no-store', 'content-length': 0 }).end()
    return
  }
  const { url = '' } = incoming
  const name = url.slice(place.length + 1) || 'index.html'
  const type = Object.hasOwn(types, name) ? types[name] : undefined
  const headers = {
    'content-security-policy': policy,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  }
  if (type === undefined) {
    outgoing.writeHead(404, { ...headers, 'content-type': 'text/plain' }).end('There is no such page.')
    return
  }
  const body = readFileSync(new URL(name, folder))
  outgoing.writeHead(200, { ...headers, 'content-type': type, 'content-length': body.length }).end(body)
}
