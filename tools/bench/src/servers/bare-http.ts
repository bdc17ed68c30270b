// The peer that does nothing but what HTTP needs: node:http, the same answers as the app's.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

import { answerOf } from '../app/answer-of.ts'

const server = createServer((request, response) => {
  const answer = (value: unknown): void => {
    const body = JSON.stringify(value)
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    })
    response.end(body)
  }
  if (request.method === 'GET') answer(answerOf(request.url ?? ''))
  else void json(request).then(answer)
})
server.listen(0, '127.0.0.1', () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
