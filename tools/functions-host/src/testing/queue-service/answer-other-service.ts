import type { ServerResponse } from 'node:http'

import { toXml } from './xml.ts'

/** The storage services that are not there. */
export const otherServices = ['blob', 'table'] as const

/** Answers a request to a storage service that is not there: 501, and what to do. */
export function answerOtherService(service: string, response: ServerResponse): void {
  const code = 'NotImplemented'
  const message = `A test host has queues of its own and no ${service}s. An app that needs ${service}s needs a connection string of Azurite or of Azure in its settings.`
  const [type, body] =
    service === 'table'
      ? [
          'application/json',
          JSON.stringify({ 'odata.error': { code, message: { lang: 'en-US', value: message } } }),
        ]
      : ['application/xml', toXml({ Error: { Code: code, Message: message } })]
  response
    .writeHead(501, {
      'content-type': type,
      'content-length': Buffer.byteLength(body),
      'x-ms-error-code': code,
    })
    .end(body)
}
