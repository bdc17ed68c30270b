// The peer of an app that uses the library's classes: node:http, an HttpRequest and an HttpResponse for each request, and nothing else.
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { HttpRequest, HttpResponse } from '@azure/functions'

import { answerOf } from '../app/answer-of.ts'

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/', headers } = incoming
  const bytes = method === 'GET' ? undefined : await buffer(incoming)
  const request = new HttpRequest({
    method,
    url: `http://${headers.host}${url}`,
    headers: headers as Record<string, string>,
    query: {},
    params: {},
    ...(bytes ? { body: { bytes } } : {}),
  })
  const response = new HttpResponse({
    jsonBody: method === 'GET' ? answerOf(request.url) : await request.json(),
  })
  const body = Buffer.from(await response.arrayBuffer())
  outgoing.writeHead(response.status, {
    ...Object.fromEntries(response.headers),
    'content-length': body.byteLength,
  })
  outgoing.end(body)
}

const server = createServer((request, response) => void answer(request, response))
server.listen(0, '127.0.0.1', () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
